/* SPDX-License-Identifier: MIT */
/* debug.c - the debug directory's PDB record, and the certificate table.
 *
 * Both describe the file more than the image: debug data may lie outside all sections, the
 * certificates always do.
 */
#include "pe_internal.h"

#include "pe/tables.h"

#define ENTRY_SIZE    28
#define TYPE_CODEVIEW 2
#define RSDS          0x53445352

/* The data of one entry, mapped or only in the file. */
static const uint8_t *entry_data(const struct pe_view *view, const uint8_t *entry, uint32_t size)
{
    uint32_t rva = load32(entry + 20);
    uint32_t offset = load32(entry + 24);
    if (rva != 0)
        return pe_view_at(view, rva, size);
    if (view->is_mapped || offset == 0 || offset > view->size_bytes ||
        view->size_bytes - offset < size)
        return NULL;
    return view->bytes + offset;
}

int pe_pdb_find(const struct pe_view *view, struct pe_pdb *out_pdb, struct pe_error *out_error)
{
    const struct pe_directory *directory = &view->image->directories[PE_DIR_DEBUG];
    if (directory->rva == 0 || directory->size == 0)
        return PE_ABSENT;
    uint64_t offset = pe_view_offset(view, directory->rva);
    const uint8_t *entries = pe_view_at(view, directory->rva, directory->size);
    if (!entries || directory->size % ENTRY_SIZE)
        return pe_fail(out_error, "Debug", offset, directory->size,
                       "not whole entries of 28 bytes within the image");
    for (uint32_t at = 0; at < directory->size; at += ENTRY_SIZE) {
        const uint8_t *entry = entries + at;
        uint32_t size = load32(entry + 16);
        if (load32(entry + 12) != TYPE_CODEVIEW)
            continue;
        const uint8_t *record = entry_data(view, entry, size);
        if (!record || size < 4)
            return pe_fail(out_error, "SizeOfData", offset + at + 16, size,
                           "the CodeView record is not within the image");
        if (load32(record) != RSDS)
            continue; /* an older record, without a GUID */
        if (size < 25 || !memchr(record + 24, 0, size - 24))
            return pe_fail(out_error, "SizeOfData", offset + at + 16, size,
                           "the PDB's name does not end within the record");
        memcpy(out_pdb->guid, record + 4, 16);
        out_pdb->age = load32(record + 20);
        out_pdb->path = (const char *)record + 24;
        return PE_OK;
    }
    return PE_ABSENT;
}

int pe_certificates_find(const struct pe_view *view, uint32_t *out_file_offset, uint32_t *out_size,
                         struct pe_error *out_error)
{
    const struct pe_directory *directory = &view->image->directories[PE_DIR_CERTIFICATE];
    if (view->is_mapped || directory->rva == 0 || directory->size == 0)
        return PE_ABSENT;
    if (directory->rva > view->size_bytes || view->size_bytes - directory->rva < directory->size ||
        directory->size < 8)
        return pe_fail(out_error, "CertificateTable", directory->rva, directory->size,
                       "not within the file, or too short for a certificate");
    uint32_t length = load32(view->bytes + directory->rva);
    if (length < 8 || length > directory->size)
        return pe_fail(out_error, "dwLength", directory->rva, length,
                       "not a certificate's length within the table");
    *out_file_offset = directory->rva;
    *out_size = directory->size;
    return PE_OK;
}

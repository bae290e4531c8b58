/* SPDX-License-Identifier: MIT */
/* check.c - every table a loader relies on, checked in one go before anything is mapped. */
#include "pe_internal.h"

#include "pe/resource.h"
#include "pe/tables.h"

static int visit_import(void *context, const struct pe_import *import)
{
    (void)context;
    (void)import;
    return PE_OK;
}

int pe_check_loading(const struct pe_view *view, struct pe_error *out_error)
{
    struct pe_load_config config;
    struct pe_tls tls;
    struct pe_pdb pdb;
    uint32_t offset, size;
    uint64_t base = view->image->image_base;

    /* ABSENT is fine everywhere: only damage counts. */
    if (pe_relocations_check(view, out_error) == PE_DAMAGED ||
        pe_imports_each(view, visit_import, NULL, out_error) == PE_DAMAGED ||
        pe_delay_imports_each(view, visit_import, NULL, out_error) == PE_DAMAGED ||
        pe_exports_check(view, out_error) == PE_DAMAGED ||
        pe_load_config_read(view, base, &config, out_error) == PE_DAMAGED ||
        pe_tls_read(view, base, &tls, out_error) == PE_DAMAGED ||
        pe_pdb_find(view, &pdb, out_error) == PE_DAMAGED ||
        pe_resources_check(view, out_error) == PE_DAMAGED ||
        pe_certificates_find(view, &offset, &size, out_error) == PE_DAMAGED)
        return PE_DAMAGED;
    return PE_OK;
}

int pe_check(const struct pe_view *view, struct pe_error *out_error)
{
    if (pe_functions_check(view, out_error) == PE_DAMAGED)
        return PE_DAMAGED;
    return pe_check_loading(view, out_error);
}

/* SPDX-License-Identifier: MIT */
/* stack_properties.c - what the registry says about a stack's device objects, applied after its
 * drivers were added: type, characteristics, exclusive opening, security.
 *
 * The device's own value wins over its class's. What a class says stands in its key, or in the
 * key's Properties. Doc: "Setting Device Object Registry Properties After Installation",
 * "Specifying Device Characteristics", "Controlling Device Access"
 */
#include "pnp_internal.h"

#include "se/se.h"

/* Those that hold for a whole stack as soon as they hold for one driver's object of it. */
#define STACK_CHARACTERISTICS                                                 \
    (FILE_DEVICE_SECURE_OPEN | FILE_FLOPPY_DISKETTE | FILE_READ_ONLY_DEVICE | \
     FILE_REMOVABLE_MEDIA | FILE_WRITE_ONCE_MEDIA)

struct places {
    void *key[3]; /* the device's, its class's Properties, its class's; NULL: there is none */
};

static struct places places_open(struct device_node *node)
{
    struct places places = {0};
    if (!NT_SUCCESS(node_key(node, false, &places.key[0])))
        return (struct places){0};
    places.key[2] = device_class_key_open(places.key[0]);
    if (places.key[2] != NULL &&
        !NT_SUCCESS(key_child_open(places.key[2], L"Properties", false, 0, &places.key[1])))
        places.key[1] = NULL;
    return places;
}

static void places_close(struct places *places)
{
    for (unsigned i = 0; i < 3; i++)
        if (places->key[i] != NULL)
            key_close(places->key[i]);
}

static bool places_number(const struct places *places, const WCHAR *name, ULONG *out_number)
{
    for (unsigned i = 0; i < 3; i++)
        if (places->key[i] != NULL && key_number_get(places->key[i], name, out_number))
            return true;
    return false;
}

/* A self-relative descriptor in pool, from its bytes or from SDDL; NULL: nothing is said. */
static PSECURITY_DESCRIPTOR places_security(const struct places *places)
{
    PSECURITY_DESCRIPTOR descriptor = NULL;
    for (unsigned i = 0; i < 3 && descriptor == NULL; i++) {
        ULONG length;
        UNICODE_STRING text;
        if (places->key[i] == NULL)
            continue;
        void *bytes = key_value_get(places->key[i], L"Security", REG_BINARY, &length);
        if (bytes != NULL && length >= sizeof(SECURITY_DESCRIPTOR_RELATIVE) &&
            RtlValidRelativeSecurityDescriptor(bytes, length, 0)) {
            descriptor = ExAllocatePool2(POOL_FLAG_PAGED, length, PNP_TAG);
            if (descriptor != NULL)
                memcpy(descriptor, bytes, length);
        }
        pnp_free(bytes);
        WCHAR *sddl = key_value_get(places->key[i], L"Security", REG_SZ, NULL);
        if (descriptor == NULL && sddl != NULL) {
            RtlInitUnicodeString(&text, sddl);
            if (!NT_SUCCESS(se_descriptor_of_sddl(&text, &descriptor)))
                descriptor = NULL;
        }
        pnp_free(sddl);
    }
    return descriptor;
}

static void security_apply(struct device_node *node, const struct places *places)
{
    for (DEVICE_OBJECT *at = node->pdo; at != NULL; at = at->AttachedDevice) {
        PSECURITY_DESCRIPTOR descriptor = places_security(places);
        if (descriptor == NULL)
            return;
        ex_pool_disown(descriptor);
        io_device_security_set(at, descriptor);
    }
}

void stack_properties_apply(struct device_node *node)
{
    struct places places = places_open(node);
    ULONG characteristics = 0, type, exclusive;
    (void)places_number(&places, L"DeviceCharacteristics", &characteristics);
    /* A raw device has no other object than its PDO. */
    DEVICE_OBJECT *first =
        node->pdo->AttachedDevice != NULL ? node->pdo->AttachedDevice : node->pdo;
    for (DEVICE_OBJECT *at = first; at != NULL; at = at->AttachedDevice)
        characteristics |= at->Characteristics;
    for (DEVICE_OBJECT *at = node->pdo; at != NULL; at = at->AttachedDevice)
        at->Characteristics |= characteristics & STACK_CHARACTERISTICS;
    if (places_number(&places, L"DeviceType", &type))
        node->pdo->DeviceType = type;
    if (places_number(&places, L"Exclusive", &exclusive) && exclusive != 0)
        node->pdo->Flags |= DO_EXCLUSIVE;
    security_apply(node, &places);
    places_close(&places);
}

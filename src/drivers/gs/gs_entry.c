/* SPDX-License-Identifier: MIT */
/* gs_entry.c - the entry point of a driver with stack cookies.
 *
 * In: what the loader hands every driver; out: DriverEntry's answer. The cookie is set
 * up first, which is why this function may not be protected itself.
 */
void __security_init_cookie(void);

/* The driver's own entry; both are NTSTATUS (PDRIVER_OBJECT, PUNICODE_STRING). */
int DriverEntry(void *driver, void *registry_path);
int GsDriverEntry(void *driver, void *registry_path);

int GsDriverEntry(void *driver, void *registry_path)
{
    __security_init_cookie();
    return DriverEntry(driver, registry_path);
}

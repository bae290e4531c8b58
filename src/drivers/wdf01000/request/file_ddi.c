/* SPDX-License-Identifier: MIT */
/* file_ddi.c - the WdfFileObjectXxx entries of the table. */
#include "request_internal.h"

#include "wdf_entries.h"

static struct fx_file *fx_file_of_handle(PWDF_DRIVER_GLOBALS abi, WDFFILEOBJECT handle)
{
    return (struct fx_file *)fx_object_of(fx_globals_of(abi), handle, &fx_type_file);
}

/* WdfFileObjectGetFileName: the WDM file object's own name, good until the object goes. */
PUNICODE_STRING NTAPI imp_WdfFileObjectGetFileName(PWDF_DRIVER_GLOBALS abi, WDFFILEOBJECT handle)
{
    struct fx_file *file = fx_file_of_handle(abi, handle);

    return file->wdm == NULL ? NULL : &file->wdm->FileName;
}

ULONG NTAPI imp_WdfFileObjectGetFlags(PWDF_DRIVER_GLOBALS abi, WDFFILEOBJECT handle)
{
    struct fx_file *file = fx_file_of_handle(abi, handle);

    return file->wdm == NULL ? 0 : file->wdm->Flags;
}

WDFDEVICE NTAPI imp_WdfFileObjectGetDevice(PWDF_DRIVER_GLOBALS abi, WDFFILEOBJECT handle)
{
    return fx_handle_of(&fx_file_of_handle(abi, handle)->object.device->object);
}

PFILE_OBJECT NTAPI imp_WdfFileObjectWdmGetFileObject(PWDF_DRIVER_GLOBALS abi, WDFFILEOBJECT handle)
{
    return fx_file_of_handle(abi, handle)->wdm;
}

ULONG NTAPI imp_WdfFileObjectGetInitiatorProcessId(PWDF_DRIVER_GLOBALS abi, WDFFILEOBJECT handle)
{
    return fx_file_of_handle(abi, handle)->process;
}

WDFFILEOBJECT NTAPI imp_WdfDeviceGetFileObject(PWDF_DRIVER_GLOBALS abi, WDFDEVICE handle,
                                               PFILE_OBJECT wdm)
{
    struct fx_device *device =
        (struct fx_device *)fx_object_of(fx_globals_of(abi), handle, &fx_type_device);
    struct fx_file *file = fx_file_of(device, wdm);

    return file == NULL ? NULL : fx_handle_of(&file->object);
}

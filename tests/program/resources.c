/* SPDX-License-Identifier: MIT */
/* resources.c - what a device has and what it could use, as cfgmgr32 tells a program.
 *
 *   resources.exe INSTANCE    a device whose INF gave it ports 0x2f8 to 0x2ff and interrupt 5
 */
#include "check.h"

#include <stddef.h>
#include <cfgmgr32.h>

static RES_DES Find(RES_DES From, RESOURCEID Wanted, RESOURCEID *Id)
{
    RES_DES found = 0;
    return CM_Get_Next_Res_Des(&found, From, Wanted, Id, 0) == CR_SUCCESS ? found : 0;
}

static ULONG Read(RES_DES From, void *Buffer, ULONG Room, ULONG Flags)
{
    ULONG bytes = 0;
    if (CM_Get_Res_Des_Data_Size(&bytes, From, Flags) != CR_SUCCESS || bytes > Room)
        return 0;
    Check("a buffer that is too small",
          CM_Get_Res_Des_Data(From, Buffer, bytes - 1, Flags) == CR_BUFFER_SMALL);
    return CM_Get_Res_Des_Data(From, Buffer, Room, Flags) == CR_SUCCESS ? bytes : 0;
}

static void CheckAllocated(DEVINST Device)
{
    union {
        IO_RESOURCE ports;
        IRQ_RESOURCE_64 line;
        IRQ_RESOURCE_32 narrow;
    } data;
    LOG_CONF conf;
    RESOURCEID id = 0;

    Check("it has resources", CM_Get_First_Log_Conf(&conf, Device, ALLOC_LOG_CONF) == CR_SUCCESS);
    RES_DES ports = Find(conf, ResType_All, &id);
    Check("ports come first", ports && id == ResType_IO);
    Check("as long as documented", Read(ports, &data, sizeof(data), 0) == sizeof(IO_RESOURCE));
    Check("from 2f8 to 2ff", data.ports.IO_Header.IOD_Alloc_Base == 0x2f8 &&
                                 data.ports.IO_Header.IOD_Alloc_End == 0x2ff);
    Check("ports, no ranges", data.ports.IO_Header.IOD_Count == 0 &&
                                  data.ports.IO_Header.IOD_Type == IOType_Range &&
                                  (data.ports.IO_Header.IOD_DesFlags & fIOD_PortType) == fIOD_IO);
    RES_DES line = Find(ports, ResType_All, &id);
    Check("then the interrupt", line && id == ResType_IRQ);
    Check("of 64 bits", Read(line, &data, sizeof(data), 0) == sizeof(IRQ_RESOURCE));
    Check("its number", data.line.IRQ_Header.IRQD_Alloc_Num == 5);
    Check("its processors", data.line.IRQ_Header.IRQD_Affinity != 0);
    Check("of 32 bits",
          Read(line, &data, sizeof(data), CM_RESDES_WIDTH_32) == sizeof(IRQ_RESOURCE_32));
    Check("its number again", data.narrow.IRQ_Header.IRQD_Alloc_Num == 5);
    Check("that is all", !Find(line, ResType_All, &id) && !Find(line, ResType_IRQ, NULL));
    RES_DES same = Find(conf, ResType_IRQ, NULL);
    Check("one kind is asked for", same != 0);
    Check("no memory", !Find(conf, ResType_Mem, NULL));
    Check("one configuration", CM_Get_Next_Log_Conf(NULL, conf, 0) == CR_NO_MORE_LOG_CONF);

    Check("the configuration goes", CM_Free_Log_Conf_Handle(conf) == CR_SUCCESS);
    Check("it is no handle any more", CM_Free_Log_Conf_Handle(conf) == CR_INVALID_LOG_CONF);
    Check("its descriptors stay", Read(line, &data, sizeof(data), 0) != 0);
    Check("a descriptor is no configuration", CM_Free_Log_Conf_Handle(line) == CR_INVALID_LOG_CONF);
    Check("descriptors go", CM_Free_Res_Des_Handle(ports) == CR_SUCCESS &&
                                CM_Free_Res_Des_Handle(line) == CR_SUCCESS &&
                                CM_Free_Res_Des_Handle(same) == CR_SUCCESS);
    Check("a handle that is none",
          CM_Get_Next_Res_Des(&same, 0x1234, ResType_All, &id, 0) == CR_INVALID_RES_DES);
}

static void CheckBasic(DEVINST Device)
{
    union {
        IO_RESOURCE ports;
        IRQ_RESOURCE line;
    } data;
    LOG_CONF conf;

    Check("what it could use",
          CM_Get_First_Log_Conf_Ex(&conf, Device, BASIC_LOG_CONF, NULL) == CR_SUCCESS);
    RES_DES ports = Find(conf, ResType_IO, NULL);
    Check("a range of ports",
          ports && Read(ports, &data, sizeof(data), 0) && data.ports.IO_Header.IOD_Count == 1 &&
              data.ports.IO_Data[0].IOR_nPorts == 8 && data.ports.IO_Data[0].IOR_Min == 0x2f8 &&
              data.ports.IO_Data[0].IOR_Max == 0x2ff);
    RES_DES line = Find(conf, ResType_IRQ, NULL);
    Check("an interrupt",
          line && Read(line, &data, sizeof(data), 0) && data.line.IRQ_Header.IRQD_Count == 1 &&
              data.line.IRQ_Data[0].IRQR_Min == 5 && data.line.IRQ_Data[0].IRQR_Max == 5);
    CM_Free_Res_Des_Handle(ports);
    CM_Free_Res_Des_Handle(line);
    Check("no second list", CM_Get_Next_Log_Conf(NULL, conf, 0) == CR_NO_MORE_LOG_CONF);
    CM_Free_Log_Conf_Handle(conf);
}

int main(int Count, char **Arguments)
{
    DEVINST device, root;
    Check("the device", Count == 2 && CM_Locate_DevNodeA(&device, Arguments[1], 0) == CR_SUCCESS);
    Check("the root", CM_Locate_DevNodeA(&root, NULL, 0) == CR_SUCCESS);
    CheckAllocated(device);
    CheckBasic(device);
    Check("the root has none",
          CM_Get_First_Log_Conf(NULL, root, ALLOC_LOG_CONF) == CR_NO_MORE_LOG_CONF);
    Check("nobody forced anything",
          CM_Get_First_Log_Conf(NULL, device, FORCED_LOG_CONF) == CR_NO_MORE_LOG_CONF);
    Check("a kind that is none", CM_Get_First_Log_Conf(NULL, device, 6) == CR_INVALID_FLAG);
    Check("a device that is none",
          CM_Get_First_Log_Conf(NULL, 0x7fffffff, ALLOC_LOG_CONF) == CR_INVALID_DEVNODE);
    return Result();
}

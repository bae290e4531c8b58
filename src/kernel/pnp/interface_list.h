/* SPDX-License-Identifier: MIT */
/* interface_list.h - where device interfaces are kept. */
#ifndef PNP_INTERFACE_LIST_H
#define PNP_INTERFACE_LIST_H

#define INTERFACE_CLASSES L"\\Registry\\Machine\\System\\CurrentControlSet\\Control\\DeviceClasses"

#endif

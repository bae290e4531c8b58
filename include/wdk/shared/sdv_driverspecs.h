/* SPDX-License-Identifier: MIT */
/*
 * Names that Static Driver Verifier gives to its role types. The verifier is not part
 * of this kit, so the annotations mean nothing.
 */
#ifndef _SDV_DRIVERSPECS_H_
#define _SDV_DRIVERSPECS_H_

#define __sdv_save_request(...)
#define __sdv_retrieve_cancelable(...)
#define __sdv_save_cancelable(...)

#endif

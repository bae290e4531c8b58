/* SPDX-License-Identifier: MIT */
/* win32/service_config.h - what ChangeServiceConfig2 takes. Doc: winsvc.h */
#ifndef WIN32_SERVICE_CONFIG_H
#define WIN32_SERVICE_CONFIG_H

#include "ntdll/win.h"

enum service_config_level { /* SERVICE_CONFIG_* */
                            CONFIG_DESCRIPTION = 1,
                            CONFIG_FAILURE_ACTIONS = 2,
                            CONFIG_DELAYED_AUTO_START = 3,
                            CONFIG_FAILURE_ACTIONS_FLAG = 4,
                            CONFIG_SID = 5,
                            CONFIG_PRIVILEGES = 6,
                            CONFIG_PRESHUTDOWN = 7,
};

struct failure_action { /* SC_ACTION */
    DWORD kind, delay_ms;
};
struct failure_actions { /* SERVICE_FAILURE_ACTIONS */
    DWORD reset_seconds;
    void *reboot_message, *command;
    DWORD count;
    struct failure_action *action;
};

#endif

/* SPDX-License-Identifier: MIT */
/* power_services_ddi.c - what the machine says of its power: a desktop that never sleeps.
 *
 * Levels whose answer is a fact of this machine are answered; the others, which set a policy or
 * put the machine to sleep, are refused. Out go structures as CallNtPowerInformation documents.
 */
#include <string.h>

#include "ps/ps.h"
#include "services.h"

/* The public structures that the kit's kernel headers lack. */
struct battery_state {
    BOOLEAN ac_on_line, battery_present, charging, discharging, spare[3];
    UCHAR tag;
    ULONG max_capacity, remaining_capacity, rate, estimated_time, alert1, alert2;
};
_Static_assert(sizeof(struct battery_state) == 32, "SYSTEM_BATTERY_STATE");

struct power_capabilities {
    BOOLEAN power_button, sleep_button, lid, s1, s2, s3, s4, s5;
    UCHAR rest[68];
};
_Static_assert(sizeof(struct power_capabilities) == 76, "SYSTEM_POWER_CAPABILITIES");

union power_answer {
    POWER_PLATFORM_INFORMATION platform;
    struct battery_state battery;
    struct power_capabilities capabilities;
    ULONGLONG time;
    ULONG state;
};

/* How long the answer to a level is; 0: the level is refused. */
static ULONG answer_make(ULONG level, union power_answer *out_answer)
{
    memset(out_answer, 0, sizeof *out_answer);
    switch (level) {
    case PlatformInformation:
        return sizeof out_answer->platform;
    case SystemBatteryState:
        out_answer->battery.ac_on_line = TRUE;
        return sizeof out_answer->battery;
    case SystemPowerCapabilities:
        out_answer->capabilities.s5 = TRUE;
        return sizeof out_answer->capabilities;
    case LastWakeTime:
    case LastSleepTime:
        return sizeof out_answer->time;
    case SystemExecutionState:
        return sizeof out_answer->state;
    default:
        return 0;
    }
}

/* Errors:  STATUS_NOT_IMPLEMENTED for levels that are not answered, STATUS_BUFFER_TOO_SMALL
 * Doc:     nf-wdm-ntpowerinformation; CallNtPowerInformation (Microsoft Learn)
 * Differs: nothing can be set; there is no battery, and the machine has never slept
 */
SERVICE NtPowerInformation(ULONG InformationLevel, PVOID InputBuffer, ULONG InputBufferLength,
                           PVOID OutputBuffer, ULONG OutputBufferLength)
{
    union power_answer answer;
    ULONG size = answer_make(InformationLevel, &answer);
    if (size == 0)
        return STATUS_NOT_IMPLEMENTED;
    if (InputBuffer || InputBufferLength || !OutputBuffer)
        return STATUS_INVALID_PARAMETER;
    if (OutputBufferLength < size)
        return STATUS_BUFFER_TOO_SMALL;
    return gate_copy_out(OutputBuffer, &answer, size);
}

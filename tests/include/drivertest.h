/* SPDX-License-Identifier: MIT */
/* drivertest.h - checks inside a driver.
 *
 * A test driver is a file of tests and one list of them, linked with drivertest_main.c,
 * which runs a test for each request and answers with the checks that failed:
 *
 *     static void timer_fires(void) { expect_status(KeWait..., STATUS_SUCCESS); }
 *     DRIVERTEST_LIST = {DRIVERTEST(timer_fires), DRIVERTEST_END};
 *
 * A check that fails is noted and the test goes on. Tests run one after the other, in the
 * caller's thread at PASSIVE_LEVEL; checks may be made on any thread up to DISPATCH_LEVEL.
 * Only documented interfaces are used, so the same source runs wherever drivers do.
 */
#ifndef TESTS_DRIVERTEST_H
#define TESTS_DRIVERTEST_H

#include <ntifs.h>

#ifdef __cplusplus
extern "C" {
#endif

struct drivertest {
    const char *name; /* NULL ends the list */
    void (*run)(void);
};

extern const struct drivertest drivertests[];
#define DRIVERTEST_LIST  const struct drivertest drivertests[]
#define DRIVERTEST(test) {#test, test}
#define DRIVERTEST_END   {NULL, NULL}

/* What the tests are given. */
extern PDRIVER_OBJECT drivertest_driver;
extern PDEVICE_OBJECT drivertest_device;
extern UNICODE_STRING drivertest_registry_path;
/* Two pages of the calling program's memory; valid in the test's own thread. */
extern PUCHAR drivertest_user_memory;
#define DRIVERTEST_USER_BYTES 0x2000u

/* A driver whose tests include IRPs of its own sets these in its start routine. */
extern NTSTATUS (*drivertest_dispatch)(PDEVICE_OBJECT device, PIRP irp);

void drivertest_failed(const char *file, int line, const char *text);
void drivertest_failed_status(const char *file, int line, const char *text, NTSTATUS is,
                              NTSTATUS wanted);
void drivertest_failed_number(const char *file, int line, const char *text, LONG64 is,
                              LONG64 wanted);
void drivertest_gap(const char *file, int line, const char *reason, BOOLEAN is_closed);

#define expect(condition) \
    ((condition) ? (void)0 : drivertest_failed(__FILE__, __LINE__, #condition))

#define expect_status(is, wanted)                                            \
    do {                                                                     \
        NTSTATUS is_ = (is), wanted_ = (wanted);                             \
        if (is_ != wanted_)                                                  \
            drivertest_failed_status(__FILE__, __LINE__, #is, is_, wanted_); \
    } while (0)

#define expect_number(is, wanted)                                            \
    do {                                                                     \
        LONG64 is_ = (LONG64)(is), wanted_ = (LONG64)(wanted);               \
        if (is_ != wanted_)                                                  \
            drivertest_failed_number(__FILE__, __LINE__, #is, is_, wanted_); \
    } while (0)

/* A known gap: fails when the condition has become true, so that gaps are not forgotten. */
#define todo(reason, condition) \
    drivertest_gap(__FILE__, __LINE__, (reason), (condition) ? TRUE : FALSE)

/* ---- the one request ------------------------------------------------------------------- */

#define DRIVERTEST_DEVICE    "\\\\.\\DriverTest"
#define IOCTL_DRIVERTEST_RUN CTL_CODE(FILE_DEVICE_UNKNOWN, 0x8d0, METHOD_BUFFERED, FILE_ANY_ACCESS)

/* STATUS_NO_MORE_ENTRIES: there is no such test. Out: text; its first line is the test's
 * name, each other line a check that failed ("file:line: what") or a gap ("gap: reason"). */
struct drivertest_request {
    ULONG index;
    ULONG reserved;
    ULONG64 user_memory;
};
#define DRIVERTEST_TEXT_BYTES 8192u

#ifdef __cplusplus
}
#endif

#endif

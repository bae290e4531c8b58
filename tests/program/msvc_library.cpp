/* SPDX-License-Identifier: MIT */
/* msvc_library.cpp - msvcp140.dll of a program for MSVC's target: what it throws, exceptions that
 * are kept, locks and clocks. */
#include "msvc.h"

IMPORT(void *) CreateEventA(void *, int, int, const char *);
IMPORT(int) SetEvent(void *);
IMPORT(void *) malloc(size_type);
IMPORT(void) free(void *);
IMPORT(void) __std_terminate();

IMPORT(int) _Mtx_init_in_situ(void *, int);
IMPORT(void) _Mtx_destroy_in_situ(void *);
IMPORT(int) _Mtx_lock(void *);
IMPORT(int) _Mtx_trylock(void *);
IMPORT(int) _Mtx_unlock(void *);
IMPORT(int) _Mtx_current_owns(void *);
IMPORT(void) _Cnd_init_in_situ(void *);
IMPORT(void) _Cnd_destroy_in_situ(void *);
IMPORT(int) _Cnd_wait(void *, void *);
IMPORT(int) _Cnd_timedwait(void *, void *, const long long *);
IMPORT(int) _Cnd_signal(void *);
IMPORT(int) _Cnd_broadcast(void *);
struct Thread {
    void *Handle;
    unsigned Number;
};
IMPORT(int) _Thrd_join(Thread, int *);
IMPORT(int) _Thrd_detach(Thread);
IMPORT(unsigned) _Thrd_id();
IMPORT(unsigned) _Thrd_hardware_concurrency();
IMPORT(void) _Thrd_yield();
IMPORT(long long) _Query_perf_counter();
IMPORT(long long) _Query_perf_frequency();
IMPORT(long long) _Xtime_get_ticks();

class type_info
{
  public:
    virtual ~type_info();

  private:
    void *Undecorated;
    char Decorated[1];
};
__asm__(".section .rdata,\"dr\"\n.globl \"??_7type_info@@6B@\"\n"
        "\"??_7type_info@@6B@\": .quad 0\n.text\n");

void operator delete(void *Block, size_type) noexcept
{
    free(Block);
}

namespace std
{
class exception
{
  public:
    virtual ~exception()
    {
    }
    virtual const char *what() const
    {
        return What;
    }

  private:
    const char *What;
    bool Owned;
};
class bad_alloc : public exception
{
};
class bad_exception : public exception
{
};
class bad_function_call : public exception
{
};
class logic_error : public exception
{
};
class length_error : public logic_error
{
};
class out_of_range : public logic_error
{
};
class invalid_argument : public logic_error
{
};
class runtime_error : public exception
{
};
class overflow_error : public runtime_error
{
};
__declspec(dllimport) void _Xbad_alloc();
__declspec(dllimport) void _Xbad_function_call();
__declspec(dllimport) void _Xlength_error(const char *);
__declspec(dllimport) void _Xout_of_range(const char *);
__declspec(dllimport) void _Xinvalid_argument(const char *);
__declspec(dllimport) void _Xruntime_error(const char *);
__declspec(dllimport) void _Xoverflow_error(const char *);
__declspec(dllimport) bool uncaught_exception();
__declspec(dllimport) int uncaught_exceptions();
} // namespace std

__declspec(dllimport) void __ExceptionPtrCreate(void *);
__declspec(dllimport) void __ExceptionPtrDestroy(void *);
__declspec(dllimport) void __ExceptionPtrCopy(void *, const void *);
__declspec(dllimport) void __ExceptionPtrAssign(void *, const void *);
__declspec(dllimport) bool __ExceptionPtrCompare(const void *, const void *);
__declspec(dllimport) bool __ExceptionPtrToBool(const void *);
__declspec(dllimport) void __ExceptionPtrSwap(void *, void *);
__declspec(dllimport) void __ExceptionPtrCurrentException(void *);
__declspec(dllimport) void __ExceptionPtrRethrow(const void *);
__declspec(dllimport) void __ExceptionPtrCopyException(void *, const void *, const void *);

/* ---- what it throws -------------------------------------------------------------------------- */

template <class Type, class Call> static bool Caught(Call Thrower, const char *Text)
{
    bool direct = false, base = false;
    try {
        Thrower();
    } catch (const Type &Error) {
        direct = !strcmp(Error.what(), Text);
    } catch (...) {
    }
    try {
        Thrower();
    } catch (const std::exception &Error) {
        base = !strcmp(Error.what(), Text);
    }
    return direct && base;
}

static void TestThrowers()
{
    Check("length_error", Caught<std::length_error>([] { std::_Xlength_error("long"); }, "long"));
    Check("which is a logic_error",
          Caught<std::logic_error>([] { std::_Xlength_error("long"); }, "long"));
    Check("out_of_range", Caught<std::out_of_range>([] { std::_Xout_of_range("out"); }, "out"));
    Check("invalid_argument",
          Caught<std::invalid_argument>([] { std::_Xinvalid_argument("what"); }, "what"));
    Check("runtime_error", Caught<std::runtime_error>([] { std::_Xruntime_error("run"); }, "run"));
    Check("overflow_error is one",
          Caught<std::runtime_error>([] { std::_Xoverflow_error("over"); }, "over"));
    Check("bad_alloc", Caught<std::bad_alloc>([] { std::_Xbad_alloc(); }, "bad allocation"));
    Check("bad_function_call",
          Caught<std::bad_function_call>([] { std::_Xbad_function_call(); }, "bad function call"));
}

/* ---- exceptions that are kept ---------------------------------------------------------------- */

static int Alive;
struct Thrown {
    int Value;
    explicit Thrown(int V) : Value(V)
    {
        Alive++;
    }
    Thrown(const Thrown &Other) : Value(Other.Value)
    {
        Alive++;
    }
    ~Thrown()
    {
        Alive--;
    }
};

struct Pointer {
    void *Words[2];
    Pointer()
    {
        __ExceptionPtrCreate(this);
    }
    Pointer(const Pointer &Other)
    {
        __ExceptionPtrCopy(this, &Other);
    }
    Pointer &operator=(const Pointer &Other)
    {
        __ExceptionPtrAssign(this, &Other);
        return *this;
    }
    ~Pointer()
    {
        __ExceptionPtrDestroy(this);
    }
    explicit operator bool() const
    {
        return __ExceptionPtrToBool(this);
    }
};

static int Again(const Pointer &Kept)
{
    try {
        __ExceptionPtrRethrow(&Kept);
    } catch (Thrown &Error) {
        return Error.Value++;
    } catch (const std::bad_exception &) {
        return -1;
    } catch (...) {
        return -2;
    }
    return -3;
}

static DWORD Elsewhere(void *Kept)
{
    return (DWORD)Again(*(Pointer *)Kept);
}

static void TestKept()
{
    {
        Pointer kept, empty;
        Check("an empty one", !kept && __ExceptionPtrCompare(&kept, &empty));
        Check("thrown it is a bad_exception", Again(empty) == -1);
        try {
            throw Thrown(5);
        } catch (...) {
            __ExceptionPtrCurrentException(&kept);
        }
        Check("kept beyond the block", kept && Alive == 1);
        Check("thrown again", Again(kept) == 5 && Alive == 1);
        Check("and again, another copy", Again(kept) == 5 && Alive == 1);
        Pointer copy(kept), other;
        Check("copies are the same", __ExceptionPtrCompare(&copy, &kept) && Alive == 1);
        other = kept;
        __ExceptionPtrSwap(&other, &empty);
        Check("swapped", !other && __ExceptionPtrCompare(&empty, &kept));
        kept = other;
        Check("the others keep it", !kept && Alive == 1 && Again(copy) == 5);
        void *thread = CreateThread(0, 0, Elsewhere, &copy, 0, 0);
        DWORD code = 0;
        WaitForSingleObject(thread, 0xffffffff);
        GetExitCodeThread(thread, &code);
        CloseHandle(thread);
        Check("on another thread", code == 5 && Alive == 1);
        copy = kept;
        Check("one is left", Alive == 1);
    }
    Check("in the end none", Alive == 0);
    Pointer none;
    __ExceptionPtrCurrentException(&none);
    Check("outside of a block there is none", !none);
    int inside = 0;
    struct Asker {
        int *Inside;
        ~Asker()
        {
            *Inside = std::uncaught_exceptions() * 2 + std::uncaught_exception();
        }
    };
    try {
        Asker asker = {&inside};
        throw 1;
    } catch (int) {
    }
    Check("one uncaught while its frames end", inside == 3 && !std::uncaught_exception());
}

/* ---- locks and clocks ------------------------------------------------------------------------ */

static _Alignas(8) char Mutex[80], Condition[72];
static int Shared, Waiting;

static DWORD Worker(void *Unused)
{
    _Mtx_lock(Mutex);
    Waiting++;
    while (!Shared)
        _Cnd_wait(Condition, Mutex);
    Shared++;
    _Mtx_unlock(Mutex);
    return 7;
}

static DWORD Trying(void *Unused)
{
    return (DWORD)_Mtx_trylock(Mutex);
}

static int OnAnother(DWORD (*Start)(void *))
{
    Thread thread = {CreateThread(0, 0, Start, 0, 0, 0), 0};
    int code = -1;
    return _Thrd_join(thread, &code) ? -1 : code;
}

static void TestLocks()
{
    _Mtx_init_in_situ(Mutex, 1);
    _Cnd_init_in_situ(Condition);
    Check("a mutex", _Mtx_lock(Mutex) == 0 && _Mtx_current_owns(Mutex));
    Check("not twice", _Mtx_lock(Mutex) == 3 && _Mtx_trylock(Mutex) == 3);
    Check("nor by another thread", OnAnother(Trying) == 3);
    long long until[] = {_Xtime_get_ticks() / 10000000 - 1, 0};
    Check("a wait until a time that has passed",
          _Cnd_timedwait(Condition, Mutex, until) == 2 && _Mtx_current_owns(Mutex));
    _Mtx_unlock(Mutex);
    Thread first = {CreateThread(0, 0, Worker, 0, 0, 0), 0};
    Thread second = {CreateThread(0, 0, Worker, 0, 0, 0), 0};
    int waiting = 0, code = 0;
    while (waiting < 2) {
        _Thrd_yield();
        _Mtx_lock(Mutex);
        waiting = Waiting;
        _Mtx_unlock(Mutex);
    }
    _Mtx_lock(Mutex);
    Shared = 1;
    _Cnd_signal(Condition);
    _Cnd_broadcast(Condition);
    _Mtx_unlock(Mutex);
    Check("threads that waited", !_Thrd_join(first, &code) && code == 7);
    Check("both", !_Thrd_join(second, 0) && Shared == 3);
    _Mtx_destroy_in_situ(Mutex);
    _Cnd_destroy_in_situ(Condition);
    _Mtx_init_in_situ(Mutex, 0x101);
    Check("a recursive one", !_Mtx_lock(Mutex) && !_Mtx_lock(Mutex) && !_Mtx_unlock(Mutex) &&
                                 _Mtx_current_owns(Mutex) && !_Mtx_unlock(Mutex) &&
                                 !_Mtx_current_owns(Mutex));
    Thread third = {CreateEventA(0, 1, 0, 0), 0};
    Check("a handle let go", !_Thrd_detach(third) && !SetEvent(third.Handle));
    Check("a thread's number", _Thrd_id() && _Thrd_hardware_concurrency());
    long long before = _Query_perf_counter();
    Check("a clock", _Query_perf_frequency() > 0 && _Query_perf_counter() >= before);
}

int main()
{
    TestThrowers();
    TestKept();
    TestLocks();
    return Result();
}

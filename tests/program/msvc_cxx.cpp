/* SPDX-License-Identifier: MIT */
/* msvc_cxx.cpp - C++ exceptions and types of a program for MSVC's target. With an argument the
 * program ends as that case says. */
#include "msvc.h"

IMPORT(void *) malloc(size_type);
IMPORT(void) free(void *);
IMPORT(void) __std_terminate();
IMPORT(int) __uncaught_exceptions();
IMPORT(void *) set_terminate(void(__cdecl *)());
IMPORT(void) longjmp(void *, int);
SYSTEM(char *) GetCommandLineA();
SYSTEM(void *) SetUnhandledExceptionFilter(long(__stdcall *)(Pointers *));

void *operator new(size_type Bytes)
{
    return malloc(Bytes);
}
void operator delete(void *Block) noexcept
{
    free(Block);
}
void operator delete(void *Block, size_type) noexcept
{
    free(Block);
}

class type_info
{
  public:
    virtual ~type_info();
    const char *name() const
    {
        return Decorated + 1;
    }

  private:
    void *Undecorated;
    char Decorated[1];
};
/* The linker's library has its table; nobody calls what would be in it. */
__asm__(".section .rdata,\"dr\"\n.globl \"??_7type_info@@6B@\"\n"
        "\"??_7type_info@@6B@\": .quad 0\n.text\n");

namespace std
{
using ::type_info;
class exception
{
  public:
    exception() : What(0), Owned(false)
    {
    }
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
class bad_cast : public exception
{
};
class bad_typeid : public exception
{
};
} // namespace std

static char Trace[256];
static int TraceLength, Alive;

static void Note(char Letter)
{
    Trace[TraceLength++] = Letter;
    Trace[TraceLength] = 0;
}

static bool Traced(const char *Wanted)
{
    bool same = !strcmp(Trace, Wanted);
    if (!same)
        printf("    (%s instead of %s)\n", Trace, Wanted);
    TraceLength = 0;
    Trace[0] = 0;
    return same;
}

struct Noted {
    char Letter;
    explicit Noted(char L) : Letter(L)
    {
    }
    ~Noted()
    {
        Note(Letter);
    }
};

struct Thrown {
    int Value;
    explicit Thrown(int V) : Value(V)
    {
        Alive++;
    }
    Thrown(const Thrown &Other) : Value(Other.Value + 100)
    {
        Alive++;
    }
    ~Thrown()
    {
        Alive--;
    }
};
struct First {
    int A = 1;
    virtual ~First()
    {
    }
};
struct Second {
    int B = 2;
    virtual ~Second()
    {
    }
};
struct Both : First, Second {
    int C = 3;
};
struct Left : virtual First {
    int L = 4;
};
struct Right : virtual First {
    int R = 5;
};
struct Diamond : Left, Right {
    int D = 6;
};
struct Hidden : private First {
};

static Both *TheBoth;

__declspec(noinline) static void Throw(int What)
{
    Noted inner('i');
    switch (What) {
    case 0:
        throw 42;
    case 1:
        throw 2.5;
    case 2:
        throw Thrown(7);
    case 3:
        throw Both();
    case 4:
        throw "text";
    case 5:
        throw Diamond();
    case 6:
        throw TheBoth;
    case 7:
        RaiseException(0xe0000001, 0, 0, 0);
    }
}

__declspec(noinline) static int Catch(int What)
{
    Noted outer('o');
    try {
        Noted middle('m');
        Throw(What);
        return 0;
    } catch (int Value) {
        Note('I');
        return Value;
    } catch (double Value) {
        return (int)(Value * 2);
    } catch (const Thrown &Value) {
        return Value.Value;
    } catch (Second *Value) {
        return Value->B + 10;
    } catch (Second &Value) {
        return Value.B;
    } catch (const First &Value) {
        return Value.A;
    } catch (const char *Value) {
        return Value[0];
    } catch (...) {
        return -1;
    }
}

static void TestCatches()
{
    Check("an int", Catch(0) == 42);
    Check("destructors on the way, in order", Traced("imIo"));
    Check("a double", Catch(1) == 5);
    Check("an object, by reference", Catch(2) == 7 && Alive == 0);
    Check("by a base that is not the first", Catch(3) == 2);
    Check("a text", Catch(4) == 't');
    Check("by a virtual base", Catch(5) == 1);
    Check("a pointer to a base", Catch(6) == 12);
    TraceLength = 0;
    try {
        Throw(2);
    } catch (Thrown Copy) {
        Check("by value it is copied", Copy.Value == 107 && Alive == 2);
    }
    Check("and destroyed", Alive == 0);
    Traced("i");
}

/* ---- one inside another ---------------------------------------------------------------------- */

static void TestRethrow()
{
    int seen = 0;
    try {
        try {
            Throw(2);
        } catch (Thrown &Value) {
            Value.Value = 55;
            Noted block('b');
            throw;
        }
    } catch (const Thrown &Value) {
        seen = Value.Value;
        Check("the object is the same, and lives", Alive == 1);
    }
    Check("rethrown", seen == 55 && Alive == 0 && Traced("ib"));
}

__declspec(noinline) static int Nested()
{
    int result = 0;
    try {
        try {
            Throw(0);
        } catch (int Value) {
            Noted block('b');
            try {
                Throw(1);
            } catch (double) {
                result = Value;
            }
            Note('-');
            Throw(2);
        }
    } catch (const Thrown &Value) {
        result += Value.Value;
    }
    return result;
}

static void TestNested()
{
    Check("a throw in a catch, caught there and outside", Nested() == 49);
    Check("with the destructors of the block", Traced("ii-ib") && Alive == 0);
    int caught = 0;
    for (int i = 0; i < 300; i++) {
        try {
            Nested();
            Catch(2);
            Throw(2);
        } catch (...) {
            caught++;
        }
        TraceLength = 0;
    }
    Check("three hundred times", caught == 300 && Alive == 0);
    try {
        try {
            throw Thrown(1);
        } catch (...) {
            try {
                throw;
            } catch (Thrown &) {
                Check("rethrown inside", Alive == 1);
            }
            Check("still alive in the outer block", Alive == 1);
            throw Thrown(2);
        }
    } catch (Thrown &Value) {
        Check("the one left behind is destroyed", Value.Value == 2 && Alive == 1);
    }
    Check("in the end none is left", Alive == 0);
}

struct Unwinder {
    int *Inside;
    ~Unwinder()
    {
        *Inside = __uncaught_exceptions();
        try {
            throw 1;
        } catch (int) {
            Note('u');
        }
    }
};

static void TestUnwinding()
{
    int inside = 0;
    try {
        Unwinder unwinder = {&inside};
        throw Thrown(3);
    } catch (Thrown &) {
    }
    Check("an exception inside a destructor", Traced("u") && Alive == 0);
    Check("uncaught exceptions are counted", inside == 1 && !__uncaught_exceptions());
}

static int Compare(const void *, const void *)
{
    Noted compare('c');
    throw Thrown(9);
}

static _Alignas(16) char Buffer[256];

__declspec(noinline) static void Jump()
{
    Noted jump('j');
    longjmp(Buffer, 3);
}

static void TestCallbacks()
{
    int numbers[] = {3, 2, 1}, value = 0;
    try {
        Noted sort('s');
        qsort(numbers, 3, sizeof *numbers, Compare);
    } catch (Thrown &Caught) {
        value = Caught.Value;
    }
    Check("out of qsort", value == 9 && Traced("cs") && Alive == 0);
    value = SetJump(Buffer, __builtin_frame_address(0));
    if (!value)
        Jump();
    Check("longjmp runs destructors", value == 3 && Traced("j"));
}

#ifdef PACKED
/* Entries that only packed tables have: a destructor itself, of an object in the frame and of
 * one that the frame points to. A function with both, by hand. */
extern "C" void Destroy(Noted *Object)
{
    Note(Object->Letter);
}
extern "C" void ThrowForGuarded()
{
    Throw(0);
}
extern "C" void Guarded(Noted *Outer);
__asm__(".text\n.globl Guarded\n.seh_proc Guarded\n"
        ".seh_handler __CxxFrameHandler4, @unwind, @except\n"
        "Guarded:\n"
        ".Lguarded:\n"
        "    subq $56, %rsp\n.seh_stackalloc 56\n.seh_endprologue\n"
        "    movb $'x', 32(%rsp)\n"
        "    movq %rcx, 40(%rsp)\n"
        ".Lguarded_call:\n"
        "    callq ThrowForGuarded\n"
        "    nop\n"
        "    addq $56, %rsp\n"
        "    retq\n"
        ".seh_handlerdata\n.long guarded_info@IMGREL\n.text\n.seh_endproc\n"
        ".section .xdata,\"dr\"\n"
        "guarded_info: .byte 0x28\n"
        "    .long guarded_unwind@IMGREL, guarded_states@IMGREL\n"
        "guarded_unwind: .byte 2 << 1\n"
        "    .byte (1 << 2 | 1) << 1\n    .long Destroy@IMGREL\n    .byte 32 << 1\n"
        "    .byte (6 << 2 | 2) << 1\n    .long Destroy@IMGREL\n    .byte 40 << 1\n"
        "guarded_states: .byte 1 << 1\n"
        "    .byte 15\n    .long .Lguarded_call - .Lguarded\n    .byte (1 + 1) << 1\n"
        ".text\n");

static void TestEntries()
{
    Noted *outer = new Noted('y');
    int value = 0;
    try {
        Guarded(outer);
    } catch (int Value) {
        value = Value;
    }
    Check("destructors named in the tables", value == 42 && Traced("iyx"));
}
#else
static void TestEntries()
{
}
#endif

/* Filters and handlers of the other kind see C++ exceptions. */
__declspec(noinline) static int Structured(int What)
{
    __try {
        Throw(What);
    } __except (_exception_code() == 0xe06d7363 ? 1 : 0) {
        return 1;
    }
    return 0;
}

__declspec(noinline) static int PassesBy()
{
    try {
        Throw(7);
    } catch (...) {
        return 1;
    }
    return 0;
}

__declspec(noinline) static int Foreign()
{
    __try {
        return PassesBy();
    } __except (1) {
        return 2;
    }
}

static void TestStructured()
{
    Check("__except catches a C++ exception", Structured(0) == 1 && Traced("i"));
    Check("catch (...) lets others pass", Foreign() == 2);
    TraceLength = 0;
}

/* ---- types ----------------------------------------------------------------------------------- */

static void TestTypes()
{
    Both both;
    Diamond diamond;
    Hidden hidden;
    First *first = &both;
    Second *second = &both;
    First *top = &diamond;
    Check("dynamic_cast down", dynamic_cast<Both *>(second) == &both);
    Check("across", dynamic_cast<Second *>(first) == second);
    Check("from a virtual base", dynamic_cast<Right *>(top) == &diamond);
    Check("not to what it is not", !dynamic_cast<Diamond *>(first));
    Check("not by a private base", !dynamic_cast<Hidden *>((First *)&hidden));
    Check("to void", dynamic_cast<void *>(second) == &both);
    int caught = 0;
    try {
        (void)dynamic_cast<Diamond &>(*first);
    } catch (const std::bad_cast &) {
        caught = 1;
    }
    Check("bad_cast of a reference", caught);
    Check("typeid",
          &typeid(*second) == &typeid(Both) && !strcmp(typeid(*top).name(), "?AUDiamond@@"));
    caught = 0;
    Second *volatile nothing = 0;
    try {
        (void)typeid(*nothing).name();
    } catch (std::exception &Error) {
        caught = Error.what() && Error.what()[0] == 'A';
    }
    Check("bad_typeid of null", caught);
}

/* ---- the end -----------------------------------------------------------------------------------
 */

static void Terminated()
{
    puts("terminate");
    fflush(0);
    exit(9);
}

static void Never() noexcept
{
    Throw(0);
}

/* MSVC's start code sets such a filter. */
static long __stdcall StartFilter(Pointers *P)
{
    if (P->Record->Code == 0xe06d7363)
        Terminated();
    return 0;
}

static volatile int Doubt = 1;
struct Thrower {
    ~Thrower() noexcept(false)
    {
        if (Doubt)
            throw 2;
    }
};

int main()
{
    const char *line = GetCommandLineA();
    char last = line[strlen(line) - 1];
    if (last >= '1' && last <= '3')
        set_terminate(Terminated);
    try {
        if (last == '1') {
            SetUnhandledExceptionFilter(StartFilter);
            Never();
        }
        if (last == '2')
            throw;
        if (last == '3') {
            Thrower thrower;
            throw 1;
        }
    } catch (int) {
    }
    if (last == '4')
        throw 5;
    TheBoth = new Both;
    TestCatches();
    TestRethrow();
    TestNested();
    TestUnwinding();
    TestCallbacks();
    TestEntries();
    TestStructured();
    TestTypes();
    return Result();
}

// SPDX-License-Identifier: MIT
// cxx.cpp - tests of a driver in C++: classes, virtual functions, templates, lambdas,
// operator new on pool, destructors in order. As on Windows, nobody runs the constructors of
// static objects in a driver: only constant initialisation is used here.
#include "drivertest.h"

namespace
{

constexpr ULONG tag = 'tstX';
LONG alive;

} // namespace

void *__cdecl operator new(size_t size, POOL_TYPE type) noexcept
{
    return ExAllocatePoolZero(type, size, tag);
}

void __cdecl operator delete(void *memory) noexcept
{
    if (memory)
        ExFreePoolWithTag(memory, tag);
}

void __cdecl operator delete(void *memory, size_t) noexcept
{
    operator delete(memory);
}

namespace
{

class Shape
{
  public:
    Shape() noexcept
    {
        alive++;
    }
    Shape(const Shape &) = delete;
    Shape &operator=(const Shape &) = delete;
    virtual ~Shape()
    {
        alive--;
    }
    virtual ULONG Area() const noexcept = 0;
    virtual const char *Name() const noexcept
    {
        return "shape";
    }
};

class Rectangle : public Shape
{
  public:
    Rectangle(ULONG width, ULONG height) noexcept : width_(width), height_(height)
    {
    }
    ULONG Area() const noexcept override
    {
        return width_ * height_;
    }

  protected:
    ULONG width_, height_;
};

class Square final : public Rectangle
{
  public:
    explicit Square(ULONG side) noexcept : Rectangle(side, side)
    {
    }
    const char *Name() const noexcept override
    {
        return "square";
    }
};

/* Owns a T; what a driver uses in place of a standard library. */
template <typename T> class Owned
{
  public:
    explicit Owned(T *object = nullptr) noexcept : object_(object)
    {
    }
    Owned(Owned &&other) noexcept : object_(other.object_)
    {
        other.object_ = nullptr;
    }
    Owned(const Owned &) = delete;
    ~Owned()
    {
        delete object_;
    }
    T *operator->() const noexcept
    {
        return object_;
    }
    explicit operator bool() const noexcept
    {
        return object_ != nullptr;
    }

  private:
    T *object_;
};

class SpinLocked
{
  public:
    explicit SpinLocked(KSPIN_LOCK &lock) noexcept : lock_(lock)
    {
        KeAcquireSpinLock(&lock_, &irql_);
    }
    ~SpinLocked()
    {
        KeReleaseSpinLock(&lock_, irql_);
    }

  private:
    KSPIN_LOCK &lock_;
    KIRQL irql_;
};

template <typename T, size_t N> constexpr size_t CountOf(const T (&)[N]) noexcept
{
    return N;
}

template <typename F> ULONG SumOf(ULONG count, F &&function) noexcept
{
    ULONG sum = 0;
    for (ULONG i = 0; i < count; i++)
        sum += function(i);
    return sum;
}

void virtual_functions()
{
    Owned<Shape> square{new (NonPagedPoolNx) Square(5)};
    Owned<Shape> rectangle{new (NonPagedPoolNx) Rectangle(2, 3)};

    expect(square && rectangle);
    expect_number(alive, 2);
    expect_number(square->Area() + rectangle->Area(), 31);
    expect(strcmp(square->Name(), "square") == 0);
    expect(strcmp(rectangle->Name(), "shape") == 0);
}

void destructors()
{
    expect_number(alive, 0); /* of the test before */
    {
        Owned<Shape> first{new (PagedPool) Square(1)};
        Owned<Shape> second{static_cast<Owned<Shape> &&>(first)};
        expect(!first && second);
        Square onStack{2};
        expect_number(alive, 2);
        expect_number(onStack.Area(), 4);
    }
    expect_number(alive, 0);
}

void scoped_locks()
{
    KSPIN_LOCK lock;

    KeInitializeSpinLock(&lock);
    {
        SpinLocked locked{lock};
        expect_number(KeGetCurrentIrql(), DISPATCH_LEVEL);
    }
    expect_number(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

void templates()
{
    static constexpr ULONG table[] = {2, 3, 5, 7};
    ULONG factor = 10;

    static_assert(CountOf(table) == 4, "known to the compiler");
    expect_number(SumOf(static_cast<ULONG>(CountOf(table)),
                        [&](ULONG i) noexcept { return table[i] * factor; }),
                  170);
}

// Initialised when first used: code inside the function, not a constructor at load time.
ULONG counted()
{
    static ULONG began = static_cast<ULONG>(KeQueryInterruptTime() & 0xffff) | 1;
    return began;
}

void local_statics()
{
    ULONG first = counted();

    expect(first != 0);
    expect_number(counted(), first);
}

void new_fails()
{
    struct Huge {
        UCHAR bytes[(size_t)1 << 46];
    };
    // Not constructed: operator new answered nothing.
    Huge *huge = new (NonPagedPoolNx) Huge;
    expect(huge == nullptr);
}

} // namespace

extern "C" DRIVERTEST_LIST = {
    DRIVERTEST(virtual_functions),
    DRIVERTEST(destructors),
    DRIVERTEST(scoped_locks),
    DRIVERTEST(templates),
    DRIVERTEST(local_statics),
    DRIVERTEST(new_fails),
    DRIVERTEST_END,
};

/* SPDX-License-Identifier: MIT */
/* intsafe/kinds.h - checked integer conversion, addition, subtraction, product.
 *
 * Included by intsafe.h and ntintsafe.h with INTSAFE_NAME, INTSAFE_RESULT, INTSAFE_OK
 * and INTSAFE_OVERFLOW set. A result that does not fit is reported, and the output
 * then holds the type's error value: all bits one.
 * Every pair of kinds has a conversion; those that cannot fail are as cheap as a cast.
 * Doc: ntintsafe.h, "Safe integer library routines"
 */
#define INTSAFE_CONVERT(from, from_type, to, to_type)                                            \
    static __inline INTSAFE_RESULT INTSAFE_NAME(from##To##to)(from_type value, to_type * result) \
    {                                                                                            \
        if (!__builtin_add_overflow(value, (from_type)0, result))                                \
            return INTSAFE_OK;                                                                   \
        *result = (to_type) - 1;                                                                 \
        return INTSAFE_OVERFLOW;                                                                 \
    }
#define INTSAFE_COMPUTE(kind, type, name, builtin)                                                \
    static __inline INTSAFE_RESULT INTSAFE_NAME(kind##name)(type left, type right, type * result) \
    {                                                                                             \
        if (!builtin(left, right, result))                                                        \
            return INTSAFE_OK;                                                                    \
        *result = (type) - 1;                                                                     \
        return INTSAFE_OVERFLOW;                                                                  \
    }

/* All conversions to one kind, and its arithmetic. */
#define INTSAFE_KIND(to, to_type)                             \
    INTSAFE_CONVERT(Int8, signed char, to, to_type)           \
    INTSAFE_CONVERT(UInt8, unsigned char, to, to_type)        \
    INTSAFE_CONVERT(Char, CHAR, to, to_type)                  \
    INTSAFE_CONVERT(UChar, UCHAR, to, to_type)                \
    INTSAFE_CONVERT(Byte, BYTE, to, to_type)                  \
    INTSAFE_CONVERT(Short, SHORT, to, to_type)                \
    INTSAFE_CONVERT(UShort, USHORT, to, to_type)              \
    INTSAFE_CONVERT(Int16, SHORT, to, to_type)                \
    INTSAFE_CONVERT(UInt16, USHORT, to, to_type)              \
    INTSAFE_CONVERT(Word, WORD, to, to_type)                  \
    INTSAFE_CONVERT(Int, INT, to, to_type)                    \
    INTSAFE_CONVERT(UInt, UINT, to, to_type)                  \
    INTSAFE_CONVERT(Int32, INT, to, to_type)                  \
    INTSAFE_CONVERT(UInt32, UINT, to, to_type)                \
    INTSAFE_CONVERT(Long, LONG, to, to_type)                  \
    INTSAFE_CONVERT(ULong, ULONG, to, to_type)                \
    INTSAFE_CONVERT(DWord, DWORD, to, to_type)                \
    INTSAFE_CONVERT(LongLong, LONGLONG, to, to_type)          \
    INTSAFE_CONVERT(ULongLong, ULONGLONG, to, to_type)        \
    INTSAFE_CONVERT(Int64, LONGLONG, to, to_type)             \
    INTSAFE_CONVERT(UInt64, ULONGLONG, to, to_type)           \
    INTSAFE_CONVERT(DWordLong, DWORDLONG, to, to_type)        \
    INTSAFE_CONVERT(Long64, LONG64, to, to_type)              \
    INTSAFE_CONVERT(ULong64, ULONG64, to, to_type)            \
    INTSAFE_CONVERT(IntPtr, INT_PTR, to, to_type)             \
    INTSAFE_CONVERT(UIntPtr, UINT_PTR, to, to_type)           \
    INTSAFE_CONVERT(LongPtr, LONG_PTR, to, to_type)           \
    INTSAFE_CONVERT(ULongPtr, ULONG_PTR, to, to_type)         \
    INTSAFE_CONVERT(DWordPtr, ULONG_PTR, to, to_type)         \
    INTSAFE_CONVERT(SizeT, SIZE_T, to, to_type)               \
    INTSAFE_CONVERT(SSIZET, SSIZE_T, to, to_type)             \
    INTSAFE_CONVERT(PtrdiffT, ptrdiff_t, to, to_type)         \
    INTSAFE_COMPUTE(to, to_type, Add, __builtin_add_overflow) \
    INTSAFE_COMPUTE(to, to_type, Sub, __builtin_sub_overflow) \
    INTSAFE_COMPUTE(to, to_type, Mult, __builtin_mul_overflow)

INTSAFE_KIND(Int8, signed char)
INTSAFE_KIND(UInt8, unsigned char)
INTSAFE_KIND(Char, CHAR)
INTSAFE_KIND(UChar, UCHAR)
INTSAFE_KIND(Byte, BYTE)
INTSAFE_KIND(Short, SHORT)
INTSAFE_KIND(UShort, USHORT)
INTSAFE_KIND(Int16, SHORT)
INTSAFE_KIND(UInt16, USHORT)
INTSAFE_KIND(Word, WORD)
INTSAFE_KIND(Int, INT)
INTSAFE_KIND(UInt, UINT)
INTSAFE_KIND(Int32, INT)
INTSAFE_KIND(UInt32, UINT)
INTSAFE_KIND(Long, LONG)
INTSAFE_KIND(ULong, ULONG)
INTSAFE_KIND(DWord, DWORD)
INTSAFE_KIND(LongLong, LONGLONG)
INTSAFE_KIND(ULongLong, ULONGLONG)
INTSAFE_KIND(Int64, LONGLONG)
INTSAFE_KIND(UInt64, ULONGLONG)
INTSAFE_KIND(DWordLong, DWORDLONG)
INTSAFE_KIND(Long64, LONG64)
INTSAFE_KIND(ULong64, ULONG64)
INTSAFE_KIND(IntPtr, INT_PTR)
INTSAFE_KIND(UIntPtr, UINT_PTR)
INTSAFE_KIND(LongPtr, LONG_PTR)
INTSAFE_KIND(ULongPtr, ULONG_PTR)
INTSAFE_KIND(DWordPtr, ULONG_PTR)
INTSAFE_KIND(SizeT, SIZE_T)
INTSAFE_KIND(SSIZET, SSIZE_T)
INTSAFE_KIND(PtrdiffT, ptrdiff_t)

#undef INTSAFE_KIND
#undef INTSAFE_COMPUTE
#undef INTSAFE_CONVERT

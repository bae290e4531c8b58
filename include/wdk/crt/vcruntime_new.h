/* SPDX-License-Identifier: MIT */
/* vcruntime_new.h - placement forms of operator new, for new and new.h.
 *
 * The allocating forms are only declared: a driver defines them over a pool.
 */
#pragma once
#include <vcruntime.h>

#ifdef __cplusplus
extern "C++" {
namespace std
{
struct nothrow_t {
    explicit nothrow_t() = default;
};
enum class align_val_t : size_t {};
} // namespace std

void *__cdecl operator new(size_t bytes);
void *__cdecl operator new[](size_t bytes);
void *__cdecl operator new(size_t bytes, const std::nothrow_t &) noexcept;
void *__cdecl operator new[](size_t bytes, const std::nothrow_t &) noexcept;
void __cdecl operator delete(void *block) noexcept;
void __cdecl operator delete[](void *block) noexcept;
void __cdecl operator delete(void *block, size_t bytes) noexcept;
void __cdecl operator delete[](void *block, size_t bytes) noexcept;

#ifndef __PLACEMENT_NEW_INLINE
#define __PLACEMENT_NEW_INLINE
inline void *__cdecl operator new(size_t, void *where) noexcept
{
    return where;
}
inline void __cdecl operator delete(void *, void *) noexcept
{
}
#endif
#ifndef __PLACEMENT_VEC_NEW_INLINE
#define __PLACEMENT_VEC_NEW_INLINE
inline void *__cdecl operator new[](size_t, void *where) noexcept
{
    return where;
}
inline void __cdecl operator delete[](void *, void *) noexcept
{
}
#endif
}
#endif

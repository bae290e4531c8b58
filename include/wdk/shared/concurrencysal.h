/* SPDX-License-Identifier: MIT */
/*
 * Annotations of locks: which one guards a field, which a function takes or needs.
 * Nothing checks them here; they expand to nothing.
 * List: Microsoft Learn, "Annotating locking behavior".
 */
#ifndef _CONCURRENCYSAL_H_
#define _CONCURRENCYSAL_H_

#define _Interlocked_
#define _Requires_no_locks_held_
#define _Global_cancel_spin_lock_
#define _Global_critical_region_
#define _Global_priority_region_
#define _Global_interlock_
#define _Internal_lock_level_order_
#define _No_competing_thread_begin_
#define _No_competing_thread_end_
#define _Benign_race_begin_
#define _Benign_race_end_
#define _No_competing_thread_
#define _Lock_kind_mutex_
#define _Lock_kind_event_
#define _Lock_kind_semaphore_
#define _Lock_kind_spin_lock_
#define _Lock_kind_critical_section_
#define _Guarded_by_(...)
#define _Write_guarded_by_(...)
#define _Has_lock_kind_(...)
#define _Has_lock_level_(...)
#define _Create_lock_level_(...)
#define _Lock_level_order_(...)
#define _Acquires_lock_(...)
#define _Releases_lock_(...)
#define _Acquires_exclusive_lock_(...)
#define _Releases_exclusive_lock_(...)
#define _Acquires_shared_lock_(...)
#define _Releases_shared_lock_(...)
#define _Acquires_nonreentrant_lock_(...)
#define _Releases_nonreentrant_lock_(...)
#define _Requires_lock_held_(...)
#define _Requires_lock_not_held_(...)
#define _Requires_exclusive_lock_held_(...)
#define _Requires_shared_lock_held_(...)
#define _Post_same_lock_(...)
#define _Analysis_assume_lock_held_(...)
#define _Analysis_assume_lock_not_held_(...)
#define _Analysis_assume_lock_acquired_(...)
#define _Analysis_assume_lock_released_(...)
#define _Analysis_assume_same_lock_(...)
#define _Analysis_suppress_lock_checking_(...)
#define _Function_ignore_lock_checking_(...)
#define _Global_lock_(...)

/* First generation */
#define __interlocked
#define __no_competing_thread
#define __benign_race_begin
#define __benign_race_end
#define __no_competing_thread_begin
#define __no_competing_thread_end
#define __requires_no_locks_held
#define __internal_lock_level_order
#define __guarded_by(...)
#define __write_guarded_by(...)
#define __has_lock_property(...)
#define __declare_lock_level(...)
#define __lock_level_order(...)
#define __acquires_lock(...)
#define __releases_lock(...)
#define __acquires_exclusive_lock(...)
#define __releases_exclusive_lock(...)
#define __acquires_shared_lock(...)
#define __releases_shared_lock(...)
#define __requires_lock_held(...)
#define __requires_lock_not_held(...)
#define __requires_exclusive_lock_held(...)
#define __requires_shared_lock_held(...)
#define __analysis_assume_lock_held(...)
#define __analysis_assume_lock_not_held(...)
#define __analysis_assume_lock_acquired(...)
#define __analysis_assume_lock_released(...)
#define __analysis_suppress_lock_checking(...)
#define __callers_lock(...)

#endif

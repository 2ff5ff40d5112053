/*
 * Annotations of the present style (_In_, _Out_, ...). They say how a parameter is used; here all of them vanish.
 * Those of the old style (__in, __out, ...) are in <win32/sal_old.h>: they clash with names libstdc++ uses, so
 * a program asks for them with -DWIN32_OLD_SAL or by including that file after the standard headers.
 */
#ifndef WIN32_SAL_H
#define WIN32_SAL_H

#define _In_
#define _In_opt_
#define _In_z_
#define _In_opt_z_
#define _In_reads_(n)
#define _In_reads_opt_(n)
#define _In_reads_z_(n)
#define _In_reads_opt_z_(n)
#define _In_reads_or_z_(n)
#define _In_reads_or_z_opt_(n)
#define _In_reads_bytes_(n)
#define _In_reads_bytes_opt_(n)
#define _In_reads_to_ptr_(p)
#define _In_range_(low, high)
#define _In_bytecount_(n)
#define _In_count_(n)
#define _In_NLS_string_(n)
#define _Inout_
#define _Inout_opt_
#define _Inout_z_
#define _Inout_opt_z_
#define _Inout_updates_(n)
#define _Inout_updates_opt_(n)
#define _Inout_updates_z_(n)
#define _Inout_updates_bytes_(n)
#define _Inout_updates_bytes_opt_(n)
#define _Inout_updates_to_(n, m)
#define _Inout_updates_bytes_to_(n, m)
#define _Inout_updates_all_(n)
#define _Out_
#define _Out_opt_
#define _Out_z_
#define _Out_writes_(n)
#define _Out_writes_opt_(n)
#define _Out_writes_z_(n)
#define _Out_writes_opt_z_(n)
#define _Out_writes_to_(n, m)
#define _Out_writes_to_opt_(n, m)
#define _Out_writes_all_(n)
#define _Out_writes_all_opt_(n)
#define _Out_writes_bytes_(n)
#define _Out_writes_bytes_opt_(n)
#define _Out_writes_bytes_to_(n, m)
#define _Out_writes_bytes_to_opt_(n, m)
#define _Out_writes_bytes_all_(n)
#define _Out_writes_bytes_all_opt_(n)
#define _Out_range_(low, high)
#define _Outptr_
#define _Outptr_opt_
#define _Outptr_result_maybenull_
#define _Outptr_opt_result_maybenull_
#define _Outptr_result_z_
#define _Outptr_result_buffer_(n)
#define _Outptr_result_bytebuffer_(n)
#define _Outptr_result_bytebuffer_to_(n, m)
#define _COM_Outptr_
#define _COM_Outptr_opt_
#define _Deref_out_
#define _Deref_out_opt_
#define _Deref_out_z_
#define _Field_size_(n)
#define _Field_size_opt_(n)
#define _Field_size_bytes_(n)
#define _Field_size_bytes_opt_(n)
#define _Field_z_
#define _Field_range_(low, high)
#define _Field_size_part_(n, m)
#define _Ret_
#define _Ret_z_
#define _Ret_maybenull_
#define _Ret_maybenull_z_
#define _Ret_notnull_
#define _Ret_writes_(n)
#define _Ret_writes_z_(n)
#define _Ret_writes_bytes_(n)
#define _Ret_writes_bytes_maybenull_(n)
#define _Ret_range_(low, high)
#define _Success_(condition)
#define _Return_type_success_(condition)
#define _On_failure_(annotation)
#define _Always_(annotation)
#define _When_(condition, annotation)
#define _At_(target, annotation)
#define _Group_(annotation)
#define _Pre_
#define _Post_
#define _Pre_valid_
#define _Pre_notnull_
#define _Pre_maybenull_
#define _Pre_satisfies_(condition)
#define _Post_satisfies_(condition)
#define _Post_invalid_
#define _Post_valid_
#define _Post_ptr_invalid_
#define _Post_z_
#define _Post_equals_last_error_
#define _Post_writable_byte_size_(n)
#define _Prepost_z_
#define _Must_inspect_result_
#define _Check_return_
#define _Check_return_opt_
#define _Printf_format_string_
#define _Printf_format_string_params_(n)
#define _Scanf_format_string_
#define _Null_terminated_
#define _NullNull_terminated_
#define _Maybenull_
#define _Notnull_
#define _Reserved_
#define _Const_
#define _Points_to_data_
#define _Use_decl_annotations_
#define _Function_class_(name)
#define _Interlocked_operand_
#define _Frees_ptr_
#define _Frees_ptr_opt_
#define _Analysis_assume_(condition) ((void)0)
#define _Acquires_lock_(lock)
#define _Releases_lock_(lock)
#define _Requires_lock_held_(lock)
#define _Guarded_by_(lock)
#define _Strict_type_match_
#define _Literal_
#define _Enum_is_bitflag_
#define _Struct_size_bytes_(n)
#define _IRQL_requires_max_(level)
#define __analysis_assume(condition) ((void)0)

#ifdef WIN32_OLD_SAL
#include "sal_old.h"
#endif

#endif

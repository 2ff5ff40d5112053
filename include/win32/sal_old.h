/* Annotations of the old style; see <win32/sal.h> for why they are kept apart. */
#ifndef WIN32_SAL_OLD_H
#define WIN32_SAL_OLD_H

#ifdef __cplusplus
/* libstdc++ and glibc use some of these names, so their headers must have been read before. */
#include <algorithm>
#include <fstream>
#include <functional>
#include <iostream>
#include <locale>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <unordered_map>
#include <vector>
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define __in
#define __in_opt
#define __in_z
#define __in_z_opt
#define __in_ecount(n)
#define __in_ecount_opt(n)
#define __in_ecount_z(n)
#define __in_bcount(n)
#define __in_bcount_opt(n)
#define __out
#define __out_opt
#define __out_z
#define __out_z_opt
#define __out_ecount(n)
#define __out_ecount_opt(n)
#define __out_ecount_z(n)
#define __out_ecount_part(n, m)
#define __out_ecount_full(n)
#define __out_bcount(n)
#define __out_bcount_opt(n)
#define __out_bcount_part(n, m)
#define __out_bcount_part_opt(n, m)
#define __out_bcount_full(n)
#define __inout
#define __inout_opt
#define __inout_z
#define __inout_ecount(n)
#define __inout_ecount_opt(n)
#define __inout_bcount(n)
#define __inout_bcount_opt(n)
#define __deref_out
#define __deref_out_opt
#define __deref_out_z
#define __deref_out_ecount(n)
#define __deref_out_bcount(n)
#define __deref_opt_out
#define __deref_inout
#define __reserved
#define __checkReturn
#define __success(condition)
#define __format_string
#define __callback
#define __nullterminated
#define __bcount(n)
#define __ecount(n)
#define __field_ecount(n)
#define __field_bcount(n)

#endif

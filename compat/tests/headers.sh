#!/bin/sh
# Compiles every public header alone: C99, C11, C++11, C++17, C++20, with gcc and clang where they are installed.
# Those that differ only in spelling are compiled once. windows.h and tchar.h are compiled with UNICODE as well.
# usage: headers.sh INCLUDE_DIR [FOLDER_OF_WINHTTP_H]
include=$1
winhttp=${2:-$1}
flags="-I$include -I$winhttp -fshort-wchar -fno-builtin -D_GLIBCXX_ASSERTIONS -Wall -Wextra -Werror -Wno-unknown-pragmas"
failed=0

compile() { # compiler, language, standard, header, more flags
    command -v "$1" >/dev/null || return
    printf '#include <%s>\nextern int dummy;\n' "$4" | "$1" -x "$2" -std="$3" $flags $5 -fsyntax-only - || {
        echo "$1 -std=$3 $5: $4"
        failed=1
    }
}

compile_all() { # header, more flags
    for standard in c99 c11; do
        compile gcc c $standard "$1" "$2"
        compile clang c $standard "$1" "$2"
    done
    for standard in c++11 c++17 c++20; do
        compile g++ c++ $standard "$1" "$2"
        compile clang++ c++ $standard "$1" "$2"
    done
}

for path in "$include"/*.[hH] "$include"/win32/*.h "$winhttp"/winhttp.h; do
    [ -e "$path" ] || continue
    header=${path#"$include"/}
    header=${header#"$winhttp"/}
    case $header in
    [Ww][Ii][Nn][Hh][Tt][Tt][Pp].h) [ -e "$winhttp/winhttp.h" ] || continue ;;
    esac
    case $header in
    *[A-Z]*) compile gcc c c11 "$header" ;;
    *) compile_all "$header" ;;
    esac
done
compile_all windows.h -DUNICODE
compile_all tchar.h -D_UNICODE
compile_all windows.h -DWIN32_OLD_SAL
compile_all windows.h -fno-short-wchar
compile_all windows.h "-DWIN32_LEAN_AND_MEAN -DNOMINMAX"
exit $failed

#!/bin/sh
# Compiles every public header alone: C99, C11, C++11, C++17, C++20, gcc and clang, with and without UNICODE.
# usage: headers.sh INCLUDE_DIR [FOLDER_OF_WINHTTP_H]
include=$1
winhttp=${2:-$1}
flags="-I$include -I$winhttp -fshort-wchar -fno-builtin -D_GLIBCXX_ASSERTIONS -Wall -Wextra -Werror -Wno-unknown-pragmas"
failed=0

compile() { # compiler, language, standard, header
    for unicode in "" -DUNICODE; do
        printf '#include <%s>\nextern int dummy;\n' "$4" |
            "$1" -x "$2" -std="$3" $flags $unicode -fsyntax-only - || {
            echo "$1 -std=$3 $unicode: $4"
            failed=1
        }
    done
}

for path in "$include"/*.h "$include"/*.H "$include"/win32/*.h; do
    header=${path#"$include"/}
    case $header in
    *[Ww]in[Hh][Tt][Tt][Pp].h) [ -e "$winhttp/winhttp.h" ] || continue ;;
    esac
    for standard in c99 c11; do
        for compiler in gcc clang; do
            command -v $compiler >/dev/null && compile $compiler c $standard "$header"
        done
    done
    for standard in c++11 c++17 c++20; do
        case $standard$header in
        c++1[17]win32/* | c++17*) [ "${ALL_HEADERS:-}" ] || [ "$header" = windows.h ] || continue ;;
        esac
        for compiler in g++ clang++; do
            command -v $compiler >/dev/null && compile $compiler c++ $standard "$header"
        done
    done
done
exit $failed

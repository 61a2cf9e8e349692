# SPDX-License-Identifier: LGPL-2.1-or-later

# SCEPD_COMPILE_FLAGS(VARIABLE, FLAGS)
# Substitutes VARIABLE with those of FLAGS that $CC takes without a warning.
# Flags that belong together stand in one pair of double quotes.
AC_DEFUN([SCEPD_COMPILE_FLAGS], [_SCEPD_FLAGS([$1], [$2], [COMPILE])])

# SCEPD_LINK_FLAGS(VARIABLE, FLAGS)
# As SCEPD_COMPILE_FLAGS; a program is linked with each.
AC_DEFUN([SCEPD_LINK_FLAGS], [_SCEPD_FLAGS([$1], [$2], [LINK])])

AC_DEFUN([_SCEPD_FLAGS], [
$1=
scepd_saved_cflags=$CFLAGS
for scepd_flag in m4_normalize([$2]); do
	AC_MSG_CHECKING([whether $CC takes $scepd_flag])
	CFLAGS="$scepd_saved_cflags -Werror $scepd_flag"
	AC_$3_IFELSE([AC_LANG_PROGRAM([[#include <string.h>]],
	    [[return (int)strlen("");]])],
	    [AC_MSG_RESULT([yes])
	    $1="$[]$1 $scepd_flag"],
	    [AC_MSG_RESULT([no])])
done
CFLAGS=$scepd_saved_cflags
AC_SUBST([$1])
])

# SCEPD_PKG(VARIABLE, MODULE, VERSION, DEBIAN-PACKAGE)
# Finds a library by pkg-config: VARIABLE_CFLAGS and VARIABLE_LIBS.
AC_DEFUN([SCEPD_PKG], [PKG_CHECK_MODULES([$1], [$2 >= $3], [],
    [SCEPD_MISSING([$2], [$4])])])

# SCEPD_MISSING(THING, DEBIAN-PACKAGE)
AC_DEFUN([SCEPD_MISSING], [scepd_missing="$scepd_missing
    $1 not found: apt-get install $2"])

// What nearly every unit test includes, for the compiler to read once per test program; as plans/base/precompiled.h.
// It has no #pragma once: a compiler that is given it alone warns of that.
#include "plans/base/precompiled.h"

#include <doctest/doctest.h>

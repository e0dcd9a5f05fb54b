// ADD of archives, which can't be unpacked yet: found before anything is copied.
#pragma once

#include "plans/tree/selection.h"
#include "runtime/exec/copy_source.h"

namespace mabplan::runtime {

// An Input error for the first file that is an archive by its first bytes: tar, or compressed by gzip, bzip2, xz or zstd.
Status refuse_archives(const Selection& selection, CopySource& source);

}  // namespace mabplan::runtime

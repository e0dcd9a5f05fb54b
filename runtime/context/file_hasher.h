// Hashes files below a folder on several threads and remembers what it found. Does not know what a context is.
#pragma once

#include "plans/base/digest.h"
#include "plans/base/result.h"
#include "runtime/context/digest_cache.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace mabplan::runtime {

struct HashRequest {
    std::string path;
    std::optional<std::uint64_t> expected;  // fingerprint of what it was when it was listed
};

struct HashOptions {
    int jobs = 1;                     // threads
    std::function<bool()> stop = {};  // true: the result is Interrupted
};

// Digests in the order asked; each goes into the cache too. Every file must be a regular file with the identity expected, before and
// after its bytes are read; else an Input error. The error of the first such file in the order asked.
Result<std::vector<Digest>> hash_files(int root, const std::vector<HashRequest>& requests, DigestCache& cache, const HashOptions& options);

// The error for a file that is not what it was: `"a/b" changed while it was read`.
Error changed_while_read(std::string_view path);
// errno of an open below a context as an Input error, with what to do about it.
Failure unreadable(int number, std::string_view path);

}  // namespace mabplan::runtime

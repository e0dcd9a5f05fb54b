// What was fetched as a layer: a file alone, or the files of a commit. Does not know where it came from.
#pragma once

#include "plans/model/action.h"
#include "runtime/layer/layer_entry.h"
#include "runtime/sources/git_remote.h"
#include "runtime/sources/url_files.h"
#include "runtime/store/store.h"
#include "runtime/sys/byte_stream.h"

#include <string>

namespace mabplan::runtime {

// One file of mode 0600, owned by root, with the time that the server told.
Status write_fetched_file(const FetchAction& fetch, const FetchedFile& file, const BlobStore& blobs, const LayerOptions& options,
                          ByteSink& out);

// The files below the subdir, owned by root, of modes 0644 and 0755 as git knows them, whatever the umask is, with the time of the commit
// where that is asked for, else of `now`. A Registry error if the
// subdir is no directory of the repository.
Status write_git_tree(const GitAction& git, const GitTree& tree, std::int64_t now, const LayerOptions& options, ByteSink& out);

}  // namespace mabplan::runtime

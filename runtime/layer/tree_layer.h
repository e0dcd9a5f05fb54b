// A layer straight from a list of entries and their contents: what COPY makes. Does not know where the contents lie.
#pragma once

#include "runtime/layer/file_content.h"
#include "runtime/layer/layer_entry.h"
#include "runtime/sys/byte_stream.h"
#include "runtime/sys/fd.h"

namespace mabplan::runtime {

// A content from where the descriptor stands.
struct OpenedContent {
    Fd file;
    Behind behind = Behind::EndOfFile;
};

class ContentOpener {
public:
    virtual ~ContentOpener() = default;
    // The content of the entry. It is read before the next one is opened.
    virtual Result<OpenedContent> open(const LayerEntry& entry) = 0;
    // After the last byte: an error if what was read may not be what the entry was made from.
    virtual Status check(const LayerEntry&, const Fd&) { return {}; }
};

// For layers of directories and nodes alone.
class NoContents final : public ContentOpener {
public:
    Result<OpenedContent> open(const LayerEntry&) override { return fail(ErrorKind::Internal, "a layer without files has no contents"); }
};

// Writes the tar of the entries (any order; they are written in layer order), each file's content opened once. Of two entries with
// one path the later in the list is written. An input error if a file does not have the size that its entry says. The caller lists
// the parent directories too: what is not listed is not in the layer.
Status write_tree_layer(const LayerEntries& entries, ContentOpener& contents, const LayerOptions& options, ByteSink& out);

}  // namespace mabplan::runtime

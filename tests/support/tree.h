// A directory tree as text, for tests that compare trees: a line an entry, with all that a layer keeps.
#pragma once

#include "plans/base/text.h"
#include "runtime/layer/upper_entry.h"
#include "runtime/sys/byte_stream.h"
#include "runtime/sys/file.h"

#include <fcntl.h>

#include <stdexcept>
#include <string>

namespace mabplan::tests {

inline void dump_into(std::string& text, int directory, const std::string& name, const std::string& path) {
    Result<runtime::UpperEntry> found = runtime::read_upper_entry(directory, name, path);
    if (!found) throw std::runtime_error(found.error().message);
    const TreeEntry& facts = found->facts;
    char octal[8];
    std::snprintf(octal, sizeof octal, "%04o", facts.mode);
    text += found->whiteout ? 'w' : "fdlcbps"[static_cast<int>(facts.type)];
    text += std::string(" ") + octal + " " + std::to_string(facts.uid) + ":" + std::to_string(facts.gid) + " @" +
            std::to_string(facts.mtime_s) + (facts.mtime_ns != 0 ? ".ns" : "") + " " + path;
    if (found->opaque) text += " opaque";
    if (found->implicit) text += " implicit";
    if (!facts.link_target.empty()) text += " -> " + facts.link_target;
    if (facts.type != FileType::Directory && !found->whiteout && found->links > 1) text += " links=" + std::to_string(found->links);
    for (const auto& [key, value] : facts.xattrs) text += " " + key + "=" + mabplan::quoted(value);
    if (facts.type == FileType::File) {
        runtime::HashingSink hash;
        const auto source = runtime::read_from(found->handle.release(), path);
        if (!runtime::copy_bytes(*source, hash)) throw std::runtime_error("cannot read " + path);
        text += " " + std::to_string(facts.size) + " " + hash.finish().short_hex();
    }
    text += "\n";
    if (facts.type != FileType::Directory) return;
    const Result<std::vector<runtime::UpperName>> names = runtime::list_upper(found->handle.get(), path);
    if (!names) throw std::runtime_error(names.error().message);
    for (const runtime::UpperName& child : *names)
        dump_into(text, found->handle.get(), child.name, path == "." ? child.name : path + "/" + child.name);
}

inline std::string dump_tree(const std::string& root) {
    const runtime::Fd directory(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    std::string text;
    dump_into(text, directory.get(), ".", ".");
    return text;
}

}  // namespace mabplan::tests

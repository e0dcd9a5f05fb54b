// What a COPY takes from a tree: source words to entries with their digests (semantics of BuildKit: buildkit.md 1.5 and 2).
// Knows nothing of the destination but the rule that a directory gives its contents.
#pragma once

#include "plans/base/result.h"
#include "plans/tree/listing.h"
#include "plans/tree/pattern.h"
#include "plans/tree/tree_reader.h"

#include <string>
#include <string_view>
#include <vector>

namespace mabplan {

enum class SourceWildcards { Expand, Literal };
enum class TopSymlinks { Follow, Keep };
enum class ParentDirectories { Drop, Keep };

struct SelectionOptions {
    PatternList excludes;  // --exclude, relative to the source (with parents kept: to what stands before the pivot)
    SourceWildcards wildcards = SourceWildcards::Expand;
    TopSymlinks top_symlinks = TopSymlinks::Follow;
    ParentDirectories parents = ParentDirectories::Drop;  // --parents
    TreeReader* unfiltered = nullptr;                     // the tree without its ignore list; asked only for the hint of a missing source
    std::string ignore_name = ".dockerignore";
    PatternList own;  // what the build itself writes into the tree; asked only for that hint, too
};

enum class SourceKind {
    Entry,     // one file, link or device: entries holds it alone, its path is its name
    Contents,  // what is below a directory: entries are relative to it; the directory's own metadata is not copied
};

struct SelectedSource {
    std::size_t word = 0;  // index of the source as written
    std::string path;      // where it lies in the tree, symlinks on the way resolved
    std::string name;      // base name as written or matched: its name inside a destination directory
    SourceKind kind = SourceKind::Entry;
    TreeEntry entry;                   // of `path`
    ListedEntries entries;             // sorted bytewise by path
    std::vector<std::string> sockets;  // where they lie in the tree: left out, as layers can't hold them
};

using Selection = std::vector<SelectedSource>;

// Sources as written after expansion: "app.py", "src/", "*.txt", ".", "/abs", "a/./b". In the order of the words, matches of a
// wildcard sorted. A wildcard without a match gives nothing; a missing literal path is an Input error `"/x": not found`. Symlinks on
// the way are followed inside the tree, a loop is an Input error.
// The files are digested in few calls of TreeReader::digests, many at a time.
Result<Selection> select_sources(TreeReader& tree, const std::vector<std::string>& sources, const SelectionOptions& options);

// Where a selected entry lies in the tree: what to open to read it.
std::string source_path(const SelectedSource& source, const ListedEntry& entry);

// The canonical text: "selection 1", then for each source "source contents" or "source entry" and its listing. Equal text, equal copy.
// The digest of this text is the tree digest of a COPY.
std::string write_selection(const Selection& selection);
Digest selection_digest(const Selection& selection);
// The same and the mtimes of the entries, in seconds: for a copy that keeps them.
Digest dated_selection_digest(const Selection& selection);

// All entries below one root for comparing and explaining, each path prefixed by its source's path in the tree.
std::vector<ListedEntry> flatten_selection(const Selection& selection);

}  // namespace mabplan

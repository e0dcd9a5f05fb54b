#include "runtime/copy/copy_source.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sys/file.h"
#include "runtime/sys/system_error.h"

#include <algorithm>
#include <cerrno>
#include <map>

#include <sys/mman.h>
#include <unistd.h>

namespace mabplan::runtime {

namespace {

TreeEntry entry_of(const InlineFile& file) {
    TreeEntry entry;
    entry.name = file.name;
    entry.mode = file.mode;
    entry.size = file.content.size();
    return entry;
}

TreeEntry root_entry() {
    TreeEntry root;
    root.name = ".";
    root.type = FileType::Directory;
    root.mode = 0755;
    return root;
}

}  // namespace

// Of two files of one name the later counts: it is written over the first.
const InlineFile* InlineTree::find(std::string_view path) const {
    const auto found = std::find_if(files_.files.rbegin(), files_.files.rend(), [&](const InlineFile& file) { return file.name == path; });
    return found == files_.files.rend() ? nullptr : &*found;
}

Result<std::optional<TreeEntry>> InlineTree::stat(std::string_view path) {
    if (path == ".") return std::optional(root_entry());
    const InlineFile* file = find(path);
    return file == nullptr ? std::nullopt : std::optional(entry_of(*file));
}

Result<FolderEntries> InlineTree::list(std::string_view directory) {
    if (directory != ".") return input_error(format("{} is no directory", quoted(directory)));
    std::map<std::string_view, const InlineFile*> by_name;
    for (const InlineFile& file : files_.files) by_name[file.name] = &file;
    FolderEntries entries;
    for (const auto& [name, file] : by_name) entries.push_back(entry_of(*file));
    return entries;
}

Result<std::vector<Digest>> InlineTree::digests(const std::vector<TreePath>& files) {
    std::vector<Digest> out;
    for (const TreePath& file : files) out.push_back(Digest::of(find(file.path)->content));
    return out;
}

Result<Fd> InlineTree::open_file(std::string_view path) const {
    const InlineFile* file = find(path);
    if (file == nullptr) return fail(ErrorKind::Internal, format("there is no inline file {}", quoted(path)));
    Fd memory(::memfd_create("mabplan-inline", MFD_CLOEXEC));
    if (memory.get() < 0) return system_error(errno, "hold in memory", path);
    MABPLAN_CHECK(write_all(memory.get(), file->content, path));
    if (::lseek(memory.get(), 0, SEEK_SET) != 0) return system_error(errno, "rewind", path);
    return memory;
}

Result<CopySource> CopySource::open_context(const BuildContext& context, ContextSource& contexts) {
    CopySource source;
    MABPLAN_TRY(patterns, PatternList::compile(context.ignore));
    MABPLAN_TRY(tree, contexts.open(context));
    source.context_ = std::move(tree);
    source.ignore_ = std::move(patterns);
    return source;
}

CopySource CopySource::of_root(MergedView root) {
    CopySource source;
    source.root_.emplace(std::move(root));
    return source;
}

CopySource CopySource::of_inline(const InlineFiles& files) {
    CopySource source;
    source.inline_ = std::make_unique<InlineTree>(files);
    return source;
}

TreeReader& CopySource::tree() {
    if (inline_) return *inline_;
    if (!context_) return *root_;
    if (!visible_) visible_ = std::make_unique<IgnoringReader>(*context_, *ignore_);
    return *visible_;
}

Result<Selection> CopySource::select(const CopyAction& copy, const CopyPart& part, SourceWildcards wildcards) {
    SelectionOptions options;
    options.wildcards = wildcards;
    MABPLAN_TRY(excludes, PatternList::compile(copy.excludes));
    options.excludes = std::move(excludes);
    options.parents = copy.parents ? ParentDirectories::Keep : ParentDirectories::Drop;
    options.unfiltered = context_.get();
    if (!inline_) return select_sources(tree(), part.sources, options);
    // Here-documents are taken by their names as they are.
    options = {};
    options.wildcards = SourceWildcards::Literal;
    std::vector<std::string> names;
    for (const InlineFile& file : std::get<InlineFiles>(part.from).files) names.push_back(file.name);
    return select_sources(tree(), names, options);
}

Result<Fd> CopySource::open(const std::string& path) {
    if (inline_) return inline_->open_file(path);
    return context_ ? context_->open_file(path) : root_->open_file(path);
}

}  // namespace mabplan::runtime

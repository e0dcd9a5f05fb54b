#include "tests/conformance/sets.h"

#include "compiler/dockerfile/parser.h"
#include "compiler/stages/stage_graph.h"
#include "plans/base/text.h"
#include "plans/tree/selection.h"
#include "tests/support/memory_tree.h"

#include <map>
#include <memory>

namespace mabplan::conformance {

namespace {

using namespace mabplan::compiler;

// A tree with the contents of its files beside it.
struct Files {
    tests::MemoryTree tree;
    std::map<std::string, std::string> contents;  // by path; of a symlink its target
};

void put(Files& files, const std::string& path, const TreeEntry& entry, const std::string& content) {
    if (path == ".") return;
    if (entry.type == FileType::Directory) {
        files.tree.add_directory(path, entry.mode);
        return;
    }
    if (entry.type == FileType::Symlink) files.tree.add_symlink(path, entry.link_target);
    else files.tree.add_file(path, content, entry.mode);
    files.contents[path] = content;
}

void read_tree(const Json& rows, Files& files) {
    for (const Json& row : rows) {
        const std::string type = text_of(row, "type");
        TreeEntry entry;
        entry.type = type == "dir" ? FileType::Directory : type == "symlink" ? FileType::Symlink : FileType::File;
        entry.link_target = text_of(row, "target");
        entry.mode = static_cast<std::uint32_t>(parse_unsigned(text_of(row, "mode"), 8).value_or(0777));
        put(files, text_of(row, "path"), entry, type == "symlink" ? text_of(row, "target") : text_of(row, "data"));
    }
}

Status copy(const Transfer& transfer, Files& from, Files& to) {
    SelectionOptions options;
    MABPLAN_TRY(excludes, PatternList::compile(transfer.excludes));
    options.excludes = std::move(excludes);
    MABPLAN_TRY(selection, select_sources(from.tree, transfer.sources, options));
    const std::string destination = clean_path(join_path("/", transfer.destination).substr(1));
    const bool is_directory = transfer.destination.ends_with('/') || selection.size() > 1;
    for (const SelectedSource& source : selection) {
        std::string top = destination;
        if (source.kind == SourceKind::Contents) put(to, top, source.entry, {});
        else if (is_directory) top = clean_path(destination + "/" + source.name);
        for (const ListedEntry& listed : source.entries) {
            const std::string path = source.kind == SourceKind::Contents ? clean_path(top + "/" + listed.path) : top;
            put(to, path, listed.entry, from.contents[source_path(source, listed)]);
        }
    }
    return {};
}

Status build(const StageGraph& graph, Files& context, std::map<std::string, Files>& stages) {
    for (const Stage& stage : graph.stages) {
        Files& root = stages[stage.name];
        for (const Instruction* instruction : stage.instructions) {
            if (const auto* add = std::get_if<Add>(&instruction->body)) MABPLAN_CHECK(copy(*add, context, root));
            const auto* copied = std::get_if<Copy>(&instruction->body);
            if (copied == nullptr) continue;
            MABPLAN_CHECK(copy(*copied, copied->from.empty() ? context : stages.at(copied->from), root));
        }
    }
    return {};
}

Outcome compare_files(const Json& one, Files& root) {
    for (const auto& [path, content] : one.at("present").items())
        if (root.contents[path] != content.get<std::string>())
            return failed(path + " is " + root.contents[path] + " and not " + content.get<std::string>());
    for (const Json& path : one.at("absent"))
        if (root.tree.stat(path.get<std::string>()).value()) return failed(path.get<std::string>() + " is there");
    for (const Json& path : one.at("empty_directories")) {
        const auto list = root.tree.list(path.get<std::string>());
        if (!list || !list->empty()) return failed(path.get<std::string>() + " is no empty directory");
    }
    return passed();
}

}  // namespace

Outcome check_copy_exclude(const Json& one) {
    if (text_of(one, "kind") != "copy") return skipped("unknown kind");
    Files context;
    read_tree(member_of(member_of(one, "trees"), text_of(one, "tree").c_str()), context);
    const auto dockerfile = parse_dockerfile(std::make_shared<SourceText>("Dockerfile", text_of(one, "dockerfile")));
    if (!dockerfile) return failed(dockerfile.error().front().message);
    const auto graph = cut_stages(*dockerfile);
    if (!graph) return failed(graph.error().message);
    std::map<std::string, Files> stages;
    if (const Status built = build(*graph, context, stages); !built) return failed(built.error().message);
    return compare_files(one, stages.at(graph->stages.back().name));
}

}  // namespace mabplan::conformance

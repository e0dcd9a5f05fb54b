#include "plans/tree/selection_difference.h"

#include "plans/base/format.h"
#include "plans/tree/listing.h"

#include <algorithm>
#include <utility>

namespace mabplan {

namespace {

constexpr std::string_view kHeader = "selection 1\n";
constexpr std::string_view kEntry = "source entry\n";
constexpr std::string_view kContents = "source contents\n";

// A wildcard may match one more: single files are told apart by their names, not by where they stand.
struct ReadSelection {
    std::vector<ListedEntry> entries;
    std::vector<std::vector<ListedEntry>> contents;  // of each directory, in order
};

// No line of a listing begins as that of a source does.
std::size_t end_of_listing(std::string_view text) {
    const std::size_t next = text.find("\nsource ");
    return next == std::string_view::npos ? text.size() : next + 1;
}

Result<ReadSelection> read_selection(std::string_view text) {
    if (!text.starts_with(kHeader)) return input_error("a selection begins with the line \"selection 1\"");
    ReadSelection selection;
    for (text.remove_prefix(kHeader.size()); !text.empty();) {
        const bool is_entry = text.starts_with(kEntry);
        if (!is_entry && !text.starts_with(kContents)) return input_error("a selection has a line for each source before its listing");
        text.remove_prefix(is_entry ? kEntry.size() : kContents.size());
        const std::size_t end = end_of_listing(text);
        MABPLAN_TRY(listed, read_listing(text.substr(0, end)));
        text.remove_prefix(end);
        if (is_entry) selection.entries.insert(selection.entries.end(), listed.begin(), listed.end());
        else selection.contents.push_back(std::move(listed));
    }
    return selection;
}

}  // namespace

Result<std::vector<std::string>> describe_selection_difference(std::string_view before, std::string_view now, std::size_t limit) {
    MABPLAN_TRY(was, read_selection(before));
    MABPLAN_TRY(is, read_selection(now));
    constexpr auto kAll = static_cast<std::size_t>(-1);
    std::vector<std::string> lines = describe_difference(was.entries, is.entries, kAll);
    const std::size_t directories = std::max(was.contents.size(), is.contents.size());
    was.contents.resize(directories);
    is.contents.resize(directories);
    for (std::size_t i = 0; i < directories; ++i) {
        auto more = describe_difference(was.contents[i], is.contents[i], kAll);
        lines.insert(lines.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    }
    if (lines.size() <= limit) return lines;
    const std::size_t left = lines.size() - limit;
    lines.resize(limit);
    lines.push_back(format("and {} more", left));
    return lines;
}

}  // namespace mabplan

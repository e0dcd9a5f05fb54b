#include "runtime/step/log_tail.h"

#include "runtime/log/output_lines.h"
#include "runtime/log/styled_text.h"

#include <algorithm>

namespace mabplan::runtime {

// Bytes alone are moved here: most of what is printed is never looked at.
void LogTail::add(std::string_view bytes) {
    if (bytes.size() > bytes_) {
        lost_some_ = true;
        bytes.remove_prefix(bytes.size() - bytes_);
    }
    kept_ += bytes;
    if (kept_.size() <= 2 * bytes_) return;
    lost_some_ = true;
    kept_.erase(0, kept_.size() - bytes_);
}

std::string LogTail::text() const {
    std::string_view bytes = kept_;
    // what is cut off in front may be half a character, or half a control code
    if (lost_some_) bytes.remove_prefix(bytes.find_first_of("\r\n") + 1);  // none: all of it
    OutputLines output(std::max(columns_, OutputLines::kMostColumns));
    std::vector<std::string> lines = output.add(bytes);
    for (std::string& last : output.finish()) lines.push_back(std::move(last));
    std::string text;
    for (std::size_t i = lines.size() - std::min(lines_, lines.size()); i < lines.size(); ++i)
        text += cut_to_width(lines[i], columns_) + "\n";
    return text;
}

}  // namespace mabplan::runtime

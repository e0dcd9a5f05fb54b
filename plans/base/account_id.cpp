#include "plans/base/account_id.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

namespace mabplan {

bool is_account_number(std::string_view text) { return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos; }

Status check_account_id(std::string_view text) {
    const auto number = parse_unsigned(text);
    if (is_account_number(text) && (!number || *number > kMostAccountId)) return account_id_out_of_range(text);
    return {};
}

Failure account_id_out_of_range(std::string_view id) {
    return input_error(format("the id {} is out of range: ids end at {}", id, kMostAccountId));
}

}  // namespace mabplan

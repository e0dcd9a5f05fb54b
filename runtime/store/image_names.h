// The images that the store knows by name, and where blobs came from that images of it name without having them. A part of the store's
// records, which give it their connection and their lock. Does not know what an image is made of.
//
// Tables: images(name, media_type, digest, size, made) · origins(digest, kind, address)
#pragma once

#include "plans/model/action.h"
#include "plans/oci/descriptor.h"
#include "runtime/store/database.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mabplan::runtime {

struct NamedImage {
    std::string name;       // a full reference with its tag: "docker.io/library/app:1"
    Descriptor root;        // of its index or manifest: type, digest and size
    std::int64_t made = 0;  // seconds since 1970: when it got the name
    bool operator==(const NamedImage&) const = default;
};

// Where a blob is fetched from that is not in the store.
using BlobOrigin = std::pair<Digest, ImageLocation>;

// In place of what had the name. Within a transaction of the database.
Status put_image(Database& database, const NamedImage& image, const std::vector<BlobOrigin>& origins);
Result<std::optional<NamedImage>> find_image(Database& database, std::string_view name);
// By name.
Result<std::vector<NamedImage>> list_named_images(Database& database);
// False: there was none.
Result<bool> forget_image(Database& database, std::string_view name);
Result<std::optional<ImageLocation>> find_origin(Database& database, const Digest& blob);

inline constexpr std::string_view kImageTables =
    "CREATE TABLE IF NOT EXISTS images(name TEXT PRIMARY KEY, media_type TEXT, digest TEXT, size INTEGER, made INTEGER) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS origins(digest TEXT PRIMARY KEY, kind INTEGER, address TEXT) WITHOUT ROWID;";

}  // namespace mabplan::runtime

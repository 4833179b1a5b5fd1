# Compiler and linker flags, in one INTERFACE target that every target of the
# project links PRIVATE. Nothing else in the build sets flags.
add_library(caifs_flags INTERFACE)

target_compile_features(caifs_flags INTERFACE c_std_17)
target_compile_definitions(caifs_flags INTERFACE _GNU_SOURCE)
target_include_directories(caifs_flags INTERFACE ${PROJECT_SOURCE_DIR}/include)
target_compile_options(caifs_flags INTERFACE
    -Wall -Wextra -Wshadow -Wvla -Wstrict-prototypes -Wmissing-prototypes
    -Wold-style-definition -Wwrite-strings -Wpointer-arith -Wcast-qual
    -Wformat=2 -Wundef -Wnull-dereference -Wimplicit-fallthrough
    -Wconversion -Wno-sign-conversion -fno-common
    $<$<BOOL:${CAIFS_WERROR}>:-Werror>)

# A sanitizer traces its own process.
if(CAIFS_ALLOW_PTRACE OR CAIFS_SANITIZE)
    target_compile_definitions(caifs_flags INTERFACE CAIFS_ALLOW_PTRACE)
endif()

if(CAIFS_SANITIZE)
    target_compile_options(caifs_flags INTERFACE
        -fsanitize=${CAIFS_SANITIZE} -fno-sanitize-recover=all
        -fno-omit-frame-pointer)
    target_link_options(caifs_flags INTERFACE -fsanitize=${CAIFS_SANITIZE})
elseif(CAIFS_COVERAGE)
    # Atomic: the layers have several threads.
    target_compile_options(caifs_flags INTERFACE
        --coverage -fprofile-update=atomic)
    target_link_options(caifs_flags INTERFACE --coverage -Wl,--wrap=_exit)
    add_library(caifs_coverage STATIC tests/support/coverage.c)
    target_link_libraries(caifs_flags INTERFACE caifs_coverage)
else()
    # Debian's hardening=+all, for builds without dpkg-buildflags.
    target_compile_options(caifs_flags INTERFACE
        -fstack-protector-strong -fstack-clash-protection
        $<$<STREQUAL:${CMAKE_SYSTEM_PROCESSOR},x86_64>:-fcf-protection>
        $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=3>)
    target_link_options(caifs_flags INTERFACE -Wl,-z,relro -Wl,-z,now -pie)
endif()
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

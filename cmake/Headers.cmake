# Each header compiles alone, and included twice: the target `headers`, part of
# all. One generated file a header of include/caifs and of fs; one of fs is
# compiled as the targets of its folder are.

# check_headers(NAME HEADER...): the object library headers_NAME.
function(check_headers name)
    set(sources)
    foreach(header IN LISTS ARGN)
        file(RELATIVE_PATH path ${PROJECT_SOURCE_DIR} ${header})
        set(source ${PROJECT_BINARY_DIR}/headers/${path}.c)
        file(CONFIGURE OUTPUT ${source} @ONLY CONTENT
            "#include \"@header@\"\n#include \"@header@\"\n")
        list(APPEND sources ${source})
    endforeach()
    if(sources)
        add_library(headers_${name} OBJECT ${sources})
        target_link_libraries(headers_${name} PRIVATE caifs_flags)
        add_dependencies(headers headers_${name})
    endif()
endfunction()

# Those of a folder and its subfolders that are not already in `checked`.
function(check_headers_below folder)
    get_property(subfolders DIRECTORY ${folder} PROPERTY SUBDIRECTORIES)
    foreach(subfolder IN LISTS subfolders)
        check_headers_below(${subfolder})
    endforeach()
    file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${folder}/*.h)
    get_property(checked GLOBAL PROPERTY caifs_checked_headers)
    list(REMOVE_ITEM headers ${checked})
    set_property(GLOBAL APPEND PROPERTY caifs_checked_headers ${headers})
    if(NOT headers)
        return()
    endif()
    file(RELATIVE_PATH name ${PROJECT_SOURCE_DIR}/fs ${folder})
    string(REPLACE / _ name ${name})
    check_headers(${name} ${headers})
    get_property(targets DIRECTORY ${folder} PROPERTY BUILDSYSTEM_TARGETS)
    foreach(target IN LISTS targets)
        get_target_property(type ${target} TYPE)
        if(type MATCHES "LIBRARY|EXECUTABLE" AND NOT target MATCHES "^headers_")
            target_include_directories(headers_${name} PRIVATE
                $<TARGET_PROPERTY:${target},INCLUDE_DIRECTORIES>)
            target_compile_definitions(headers_${name} PRIVATE
                $<TARGET_PROPERTY:${target},COMPILE_DEFINITIONS>)
        endif()
    endforeach()
endfunction()

add_custom_target(headers ALL)
# Contracts between layers: they need no library's headers but their own.
file(GLOB contracts CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/include/caifs/*.h)
check_headers(include ${contracts})
get_property(folders DIRECTORY ${PROJECT_SOURCE_DIR} PROPERTY SUBDIRECTORIES)
foreach(folder IN LISTS folders)
    if(folder MATCHES "^${PROJECT_SOURCE_DIR}/fs/")
        check_headers_below(${folder})
    endif()
endforeach()

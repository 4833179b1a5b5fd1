# caifs_layer(NAME SOURCES a.c b.c USES layer... [LIBRARIES target...])
#
# One static library a layer, `caifs_NAME`. USES names the layers below that it
# may call. layer_NAME is linked from all objects of the layer, from those that
# USES names, and from what these use: a call to any other layer fails the build.
# tests/structure/test_uses.py finds calls to a layer that USES does not name.
function(caifs_layer name)
    cmake_parse_arguments(ARG "" "" "SOURCES;USES;LIBRARIES" ${ARGN})
    add_library(caifs_${name} STATIC ${ARG_SOURCES})
    target_link_libraries(caifs_${name} PRIVATE caifs_flags ${ARG_LIBRARIES})
    foreach(lower IN LISTS ARG_USES)
        target_link_libraries(caifs_${name} PUBLIC caifs_${lower})
    endforeach()

    add_executable(layer_${name} ${PROJECT_SOURCE_DIR}/cmake/layer.c)
    target_link_libraries(layer_${name} PRIVATE
        caifs_flags $<LINK_LIBRARY:WHOLE_ARCHIVE,caifs_${name}>)
    set_target_properties(layer_${name} PROPERTIES
        RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/layers)
endfunction()

# caifs_cli_layer(NAME SOURCES ... USES ... [LIBRARIES ...])
#
# The layer cli_NAME, whose files are in the folder NAME. Other folders beside
# it are included as "NAME/file.h".
function(caifs_cli_layer name)
    cmake_parse_arguments(ARG "" "" "SOURCES;USES;LIBRARIES" ${ARGN})
    list(TRANSFORM ARG_SOURCES PREPEND ${name}/)
    caifs_layer(cli_${name} SOURCES ${ARG_SOURCES} USES ${ARG_USES}
        LIBRARIES ${ARG_LIBRARIES})
    target_include_directories(caifs_cli_${name} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
    target_compile_definitions(caifs_cli_${name} PRIVATE CAIFS_VERSION="${PROJECT_VERSION}")
endfunction()

# caifs_layer(NAME SOURCES a.c b.c USES layer... [LIBRARIES target...])
#
# One static library a layer, `caifs_NAME`. USES names the layers below that it
# may call: a call to any other is a link error in the layer's unit tests.
function(caifs_layer name)
    cmake_parse_arguments(ARG "" "" "SOURCES;USES;LIBRARIES" ${ARGN})
    add_library(caifs_${name} STATIC ${ARG_SOURCES})
    target_link_libraries(caifs_${name} PRIVATE caifs_flags ${ARG_LIBRARIES})
    foreach(lower IN LISTS ARG_USES)
        target_link_libraries(caifs_${name} PUBLIC caifs_${lower})
    endforeach()
endfunction()

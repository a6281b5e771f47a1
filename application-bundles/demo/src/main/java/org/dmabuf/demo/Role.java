package org.dmabuf.demo;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a driver does in the pipeline, and so which bundle a swap replaces. */
enum Role {
  EXPORTER("org.dmabuf.negotiation.BufferExporter"),
  CAPTURE("org.dmabuf.video.VideoDevice"),
  DISPLAY("org.dmabuf.display.kms.DisplayDevice");

  private final String service;

  Role(String service) {
    this.service = service;
  }

  /** The class name of the service by which such a driver is found. */
  String service() {
    return service;
  }

  /** The name that people use. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Role parse(String text) {
    return Arrays.stream(values())
        .filter(role -> role.label().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new BadInput(
                    "There is no role '"
                        + text
                        + "' to swap; the roles are "
                        + Arrays.stream(values()).map(Role::label).collect(Collectors.joining(", "))
                        + "."));
  }
}

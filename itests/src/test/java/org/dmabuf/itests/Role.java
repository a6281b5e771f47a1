package org.dmabuf.itests;

import java.util.Locale;

/** What a driver does in the pipeline, and which bundle it is. */
enum Role {
  EXPORTER("org.dmabuf.exporter.heap", "org.dmabuf.heap.HeapDevice", "exporter"),
  CAPTURE("org.dmabuf.importer.v4l2", "org.dmabuf.video.VideoDevice", "capture device"),
  DISPLAY("org.dmabuf.importer.display", "org.dmabuf.display.kms.DisplayDevice", "display");

  private final String bundle;
  private final String service;
  private final String awaited;

  Role(String bundle, String service, String awaited) {
    this.bundle = bundle;
    this.service = service;
    this.awaited = awaited;
  }

  /** The symbolic name of its bundle. */
  String bundle() {
    return bundle;
  }

  /** The class name of its service. */
  String service() {
    return service;
  }

  /** What a pipeline calls it that waits for one. */
  String awaited() {
    return awaited;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}

package org.dmabuf.pipeline.internal;

import org.dmabuf.display.DisplayDevice;
import org.dmabuf.heap.HeapDevice;
import org.dmabuf.video.VideoDevice;

/**
 * The services that the pipeline may use now. Binding and unbinding only changes a field here and
 * rings the bell: what follows is the pipeline's own thread's work.
 */
final class Roles {
  private final Doorbell doorbell;
  private volatile VideoDevice capture;
  private volatile HeapDevice exporter;
  private volatile DisplayDevice display;

  Roles(Doorbell doorbell) {
    this.doorbell = doorbell;
  }

  VideoDevice capture() {
    return capture;
  }

  HeapDevice exporter() {
    return exporter;
  }

  DisplayDevice display() {
    return display;
  }

  synchronized void bind(VideoDevice device) {
    capture = device;
    doorbell.ring();
  }

  // A replacement is bound before its predecessor is unbound, so only the own one is cleared.
  synchronized void unbind(VideoDevice device) {
    capture = capture == device ? null : capture;
    doorbell.ring();
  }

  synchronized void bind(HeapDevice device) {
    exporter = device;
    doorbell.ring();
  }

  synchronized void unbind(HeapDevice device) {
    exporter = exporter == device ? null : exporter;
    doorbell.ring();
  }

  synchronized void bind(DisplayDevice device) {
    display = device;
    doorbell.ring();
  }

  synchronized void unbind(DisplayDevice device) {
    display = display == device ? null : display;
    doorbell.ring();
  }
}

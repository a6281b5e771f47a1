package org.dmabuf.pipeline.internal;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.dmabuf.display.kms.DisplayDevice;
import org.dmabuf.negotiation.BufferExporter;
import org.dmabuf.negotiation.ServiceKeys;
import org.dmabuf.video.VideoDevice;
import org.osgi.framework.ServiceReference;

/**
 * The services that the pipeline may use now. Binding and unbinding only changes a field here and
 * rings the bell: what follows is the pipeline's own thread's work.
 */
final class Roles {
  private static final String SERVICE_ID = "service.id";

  private final Doorbell doorbell;
  // By the numbers of their services.
  private final Map<Long, String> exporters = new ConcurrentHashMap<>();
  private volatile VideoDevice capture;
  private volatile VideoDevice converter;
  private volatile DisplayDevice display;

  Roles(Doorbell doorbell) {
    this.doorbell = doorbell;
  }

  VideoDevice capture() {
    return capture;
  }

  VideoDevice converter() {
    return converter;
  }

  /** The names of the exporters that the buffers may come from. */
  Set<String> exporters() {
    return Set.copyOf(exporters.values());
  }

  /** Whether all of these are still there. */
  boolean haveExporters(Set<Long> services) {
    return exporters.keySet().containsAll(services);
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

  synchronized void bindConverter(VideoDevice device) {
    converter = device;
    doorbell.ring();
  }

  synchronized void unbindConverter(VideoDevice device) {
    converter = converter == device ? null : converter;
    doorbell.ring();
  }

  /** Only what it is called is looked at: the framework gets the service when it is asked. */
  void bind(ServiceReference<BufferExporter> exporter) {
    exporters.put(
        (Long) exporter.getProperty(SERVICE_ID),
        String.valueOf(exporter.getProperty(ServiceKeys.EXPORTER)));
    doorbell.ring();
  }

  void unbind(ServiceReference<BufferExporter> exporter) {
    exporters.remove((Long) exporter.getProperty(SERVICE_ID));
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

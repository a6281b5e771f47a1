package org.dmabuf.benchmarks.attacher;

import java.util.function.IntConsumer;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaDevice;
import org.dmabuf.DmaDirection;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.heap.HeapDevice;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/**
 * A driver that attaches as often as its service is told, maps all of it, and leaves with all of
 * that: the framework is to undo it.
 */
public final class AttacherActivator implements BundleActivator {
  private static final int PAGE = 4096;
  private static final int OF_EACH_BUFFER = 100;

  @Override
  public void start(BundleContext context) {
    IntConsumer attach = attachments -> attach(context, attachments);
    context.registerService(IntConsumer.class, attach, null);
  }

  @Override
  public void stop(BundleContext context) {
    // what is left is what is measured
  }

  private static void attach(BundleContext context, int attachments) {
    DmaBufRegistry registry = service(context, DmaBufRegistry.class);
    HeapDevice heap = service(context, HeapDevice.class);
    DmaDevice device = DmaDevice.named("attacher");
    for (int i = 0; i < attachments; i += OF_EACH_BUFFER) {
      int fd = heap.allocate(registry.files(), PAGE, OpenFlags.O_RDWR, 0);
      try (DmaBuf buffer = registry.get(fd)) {
        for (int j = 0; j < OF_EACH_BUFFER; j++) {
          buffer.attach(device).mapUnlocked(DmaDirection.TO_DEVICE);
        }
      }
      registry.files().close(fd);
    }
  }

  private static <T> T service(BundleContext context, Class<T> type) {
    ServiceReference<T> reference = context.getServiceReference(type);
    T service = reference == null ? null : context.getService(reference);
    if (service == null) {
      throw new IllegalStateException("There is no " + type.getName());
    }
    return service;
  }
}

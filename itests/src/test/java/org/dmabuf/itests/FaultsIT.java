package org.dmabuf.itests;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.ops4j.pax.exam.CoreOptions.options;

import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import javax.inject.Inject;
import org.dmabuf.Attachment;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaDevice;
import org.dmabuf.DmaDirection;
import org.dmabuf.Errno;
import org.dmabuf.heap.HeapDevice;
import org.junit.Rule;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;
import org.osgi.service.cm.ConfigurationAdmin;

/** Calls into one driver go wrong while a configuration says so. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class FaultsIT {
  private static final long SIZE = 64 * 1024;
  private static final int O_RDWR = 2;

  @Rule public final LogWatch log = new LogWatch();
  @Inject private BundleContext context;

  @Configuration
  public Option[] config() {
    return options(ProductOptions.headless());
  }

  @Test
  public void shouldStrikeTheCallsOfOneDriverAsConfigured() throws IOException {
    log.expect("Injected FAIL EBUSY into MAP 1 of org.dmabuf.exporter.heap: Map for it");
    log.expect("Injected FAIL EBUSY into MAP");
    DmaBufRegistry registry = Services.get(context, DmaBufRegistry.class);
    HeapDevice heap = Services.get(context, HeapDevice.class);
    ServiceReference<ConfigurationAdmin> reference =
        Objects.requireNonNull(context.getServiceReference(ConfigurationAdmin.class));
    org.osgi.service.cm.Configuration fault =
        context.getService(reference).createFactoryConfiguration("org.dmabuf.fault", "?");
    int fd = heap.allocate(registry.files(), SIZE, O_RDWR, 0);
    try (DmaBuf buffer = registry.get(fd);
        Attachment attachment = buffer.attach(DmaDevice.named("it"))) {
      registry.files().close(fd);
      attachment.unmapUnlocked(attachment.mapUnlocked(DmaDirection.TO_DEVICE));
      fault.update(
          FrameworkUtil.asDictionary(
              Map.of(
                  "bundle",
                  "org.dmabuf.exporter.heap",
                  "points",
                  new String[] {"MAP"},
                  "errno",
                  Errno.EBUSY.name(),
                  "rate",
                  1.0)));
      Until.holds(() -> !maps(attachment), () -> "a map that fails");
      assertThatThrownBy(() -> attachment.mapUnlocked(DmaDirection.TO_DEVICE))
          .hasMessageContaining(Errno.EBUSY.name());
      fault.delete();
      Until.holds(() -> maps(attachment), () -> "a map that works");
    }
  }

  private static boolean maps(Attachment attachment) {
    try {
      attachment.unmapUnlocked(attachment.mapUnlocked(DmaDirection.TO_DEVICE));
      return true;
    } catch (DmaBufException struck) {
      return false;
    }
  }
}

package org.dmabuf.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.ops4j.pax.exam.CoreOptions.options;

import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import javax.inject.Inject;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.heap.HeapDevice;
import org.dmabuf.limit.Limit;
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

/** What one bundle may have is configured while the product runs. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class LimitsIT {
  private static final String LIMITS = "org.dmabuf.limits";
  private static final long SIZE = 64 * 1024;
  private static final int O_RDWR = 2;

  @Rule public final LogWatch log = new LogWatch();
  @Inject private BundleContext context;

  @Configuration
  public Option[] config() {
    return options(ProductOptions.headless());
  }

  @Test
  public void shouldLimitOneBundleAsConfiguredAndNoOther() throws IOException {
    DmaBufRegistry registry = Services.get(context, DmaBufRegistry.class);
    HeapDevice heap = Services.get(context, HeapDevice.class);
    String exporter = "org.dmabuf.exporter.heap";
    ServiceReference<ConfigurationAdmin> reference =
        Objects.requireNonNull(context.getServiceReference(ConfigurationAdmin.class));
    org.osgi.service.cm.Configuration limits =
        context.getService(reference).createFactoryConfiguration(LIMITS, "?");
    limits.update(FrameworkUtil.asDictionary(Map.of("bundle", exporter, Limit.BUFFERS.key(), 1L)));
    Until.holds(() -> most(registry, exporter) == 1, () -> "a limit of 1");
    int fd = heap.allocate(registry.files(), SIZE, O_RDWR, 0);
    assertThatThrownBy(() -> heap.allocate(registry.files(), SIZE, O_RDWR, 0))
        .hasMessageContaining(Errno.EDQUOT.name())
        .hasMessageContaining(Limit.BUFFERS.key());
    assertThat(most(registry, "org.dmabuf.exporter.vram")).as("another's limit").isZero();
    limits.delete();
    Until.holds(() -> most(registry, exporter) == 0, () -> "no limit");
    registry.files().close(heap.allocate(registry.files(), SIZE, O_RDWR, 0));
    registry.files().close(fd);
  }

  private static long most(DmaBufRegistry registry, String bundle) {
    return registry.usage().bundles().stream()
        .filter(one -> one.name().startsWith(bundle + " "))
        .mapToLong(one -> one.levels().get(Limit.BUFFERS).most())
        .findFirst()
        .orElse(-1);
  }
}

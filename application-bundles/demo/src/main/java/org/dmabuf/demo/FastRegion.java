package org.dmabuf.demo;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.video.SourceInfo;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.util.tracker.ServiceTracker;

/**
 * The fast region of an exporter whose buffers move, so small that they do: as long as a run, it
 * has room for {@value #FRAMES} frames of the source.
 *
 * <p>Not thread-safe.
 */
final class FastRegion implements AutoCloseable {
  /** What such an exporter is called; others have no region to be set up. */
  private static final String EXPORTER = "vram";

  private static final String PID = "org.dmabuf.vram";
  private static final String KEY = "size.kib";
  private static final int FRAMES = 3;
  private static final int PITCH_ALIGN = 64; // no device of a product needs more
  private static final long KIB = 1024;
  private static final long PAGE_KIB = 4;
  private static final long START_MILLIS = 10_000;

  private final Optional<Configuration> made;

  private FastRegion(Optional<Configuration> made) {
    this.made = made;
  }

  /** Makes the region as small, if the exporter has one, and waits for it. */
  static FastRegion start(
      BundleContext context,
      ConfigurationAdmin admin,
      String exporter,
      SourceInfo info,
      int pipelines)
      throws InterruptedException {
    if (!exporter.equals(EXPORTER)) {
      return new FastRegion(Optional.empty());
    }
    try {
      Configuration configuration = admin.getConfiguration(PID, "?");
      FastRegion region = new FastRegion(Optional.of(configuration));
      configuration.update(FrameworkUtil.asDictionary(Map.of(KEY, pipelines * kibFor(info))));
      region.await(context, pipelines * kibFor(info));
      return region;
    } catch (IOException failed) {
      throw new IllegalStateException("The region of vram cannot be configured: " + failed, failed);
    }
  }

  /** The exporter goes back to what it was. */
  @Override
  public void close() {
    made.ifPresent(
        configuration -> {
          try {
            configuration.delete();
          } catch (IOException failed) {
            throw new IllegalStateException("The region of vram stays as it is: " + failed, failed);
          }
        });
  }

  private static long kibFor(SourceInfo info) {
    long bytes = FrameLayout.of(info.format(), info.width(), info.height(), PITCH_ALIGN).size();
    long pages = (bytes + PAGE_KIB * KIB - 1) / (PAGE_KIB * KIB);
    return FRAMES * pages * PAGE_KIB;
  }

  private void await(BundleContext context, long kib) throws InterruptedException {
    ServiceTracker<Object, Object> tracker;
    try {
      tracker =
          new ServiceTracker<>(
              context,
              context.createFilter(
                  "(&(dmabuf.exporter=" + EXPORTER + ")(" + KEY + "=" + kib + "))"),
              null);
    } catch (InvalidSyntaxException wrong) {
      throw new IllegalStateException(wrong);
    }
    tracker.open();
    try {
      if (tracker.waitForService(START_MILLIS) == null) {
        close();
        throw new IllegalStateException(
            "Exporter vram did not start with a region of " + kib + " KiB; the log says why");
      }
    } finally {
      tracker.close();
    }
  }
}

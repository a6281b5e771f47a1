package org.dmabuf.planted.display;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.display.Mode;
import org.dmabuf.display.kms.DisplayDevice;
import org.dmabuf.display.kms.KmsDevice;
import org.dmabuf.display.kms.KmsInfo;
import org.dmabuf.display.kms.Scanout;
import org.dmabuf.display.kms.ScanoutDriver;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.negotiation.SizeLimits;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** A display with the fault that its bundle's header Planted-Fault names. */
@Component(
    service = {},
    immediate = true,
    configurationPid = "org.dmabuf.display",
    configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class PlantedDisplay implements ScanoutDriver {
  private static final int AT = 4;

  private final DisplayFault fault;
  private final KmsDevice device;
  private final ServiceRegistration<DisplayDevice> registration;
  private int count;
  private Scanout last;

  /** The configuration. */
  @interface Config {
    /** The device's name. */
    String device();
  }

  /** Starts the display and offers it; called by DS. */
  @Activate
  public PlantedDisplay(BundleContext context, @Reference DmaBufRegistry registry, Config config) {
    this.fault = DisplayFault.valueOf(context.getBundle().getHeaders().get("Planted-Fault"));
    KmsInfo info =
        new KmsInfo(
            config.device(),
            new KmsInfo.Maker("planted", context.getBundle().getVersion().toString()),
            List.of(PixelFormat.values()),
            64,
            SizeLimits.ofFrames(1, 1, 8192, 8192),
            List.of(new KmsInfo.Screen(List.of(new Mode(1920, 1080, 60_000)), 0, false, false)),
            Set.of(KmsInfo.Feature.ASYNC_FLIP));
    this.device = KmsDevice.start(registry, info, this);
    this.registration =
        context.registerService(
            DisplayDevice.class,
            device,
            FrameworkUtil.asDictionary(
                Map.of(
                    DisplayDevice.NAME, info.name(), DisplayDevice.ROLE, DisplayDevice.DISPLAY)));
  }

  @Override
  public void scanOut(Scanout frame) {
    count++;
    switch (count == AT ? fault : DisplayFault.NONE) {
      case NONE -> frame.show();
      case NEVER_SHOWS -> {}
      case FAILS -> throw new DmaBufException(Errno.EIO, "The panel of display0 is not lit");
      case BREAKS -> throw new IllegalStateException("planted");
      case SHOWS_TWICE -> {
        frame.show();
        frame.show();
      }
      case SHOWS_THE_LAST_ONE -> last.show();
      case WAITS -> {
        awaitWritten();
        frame.show();
      }
    }
    last = frame;
  }

  private static void awaitWritten() {
    CountDownLatch written =
        (CountDownLatch)
            System.getProperties().computeIfAbsent("planted.written", key -> new CountDownLatch(1));
    try {
      if (!written.await(60, TimeUnit.SECONDS)) {
        throw new DmaBufException(Errno.ETIMEDOUT, "The planted capture driver wrote nothing");
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  @Deactivate
  void stop() {
    registration.unregister();
    device.close();
  }
}

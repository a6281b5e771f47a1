package org.dmabuf.planted.capture;

import java.util.List;
import java.util.Map;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaDevice;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.video.CaptureDevice;
import org.dmabuf.video.FrameSource;
import org.dmabuf.video.VideoDevice;
import org.dmabuf.video.VideoDeviceInfo;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** A capture device whose driver has the fault that its bundle's header Planted-Fault names. */
@Component(
    service = {},
    immediate = true,
    configurationPid = "org.dmabuf.v4l2.capture",
    configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class PlantedCapture {
  private final BundleContext context;
  private final FaultyCapture driver;
  private final CaptureDevice device;
  private ServiceRegistration<VideoDevice> registration;

  /** The configuration. */
  @interface Config {
    /** The device's name. */
    String device();
  }

  /** Makes the device; called by DS. */
  @Activate
  public PlantedCapture(BundleContext context, @Reference DmaBufRegistry registry, Config config) {
    this.context = context;
    CaptureFault fault =
        CaptureFault.valueOf(context.getBundle().getHeaders().get("Planted-Fault"));
    switch (fault) {
      // A hook that was not removed: its task is of a class of this bundle.
      case PINS_ITS_LOADER -> Runtime.getRuntime().addShutdownHook(new Thread(Idle::nothing));
      case LEAVES_A_THREAD -> new Idle().start();
      default -> {}
    }
    this.driver = new FaultyCapture(fault, registry.meter());
    VideoDeviceInfo info =
        new VideoDeviceInfo(
            config.device(),
            "planted",
            context.getBundle().getVersion().toString(),
            List.of(PixelFormat.values()),
            64,
            16,
            8192);
    this.device = new CaptureDevice(registry, info, DmaDevice.named(config.device()), driver);
  }

  @Reference(
      name = "source",
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC)
  void bindSource(FrameSource source) {
    driver.connect(source);
    device.kick();
  }

  void unbindSource(FrameSource source) {
    driver.disconnect(source);
  }

  @Activate
  void start() {
    registration =
        context.registerService(
            VideoDevice.class,
            device,
            FrameworkUtil.asDictionary(
                Map.of(
                    VideoDevice.NAME,
                    device.info().name(),
                    VideoDevice.ROLE,
                    VideoDevice.ROLE_CAPTURE)));
  }

  @Deactivate
  void stop() {
    registration.unregister();
    device.close();
  }
}

package org.dmabuf.importer.v4l2;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaDevice;
import org.dmabuf.Errno;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.negotiation.Importer;
import org.dmabuf.video.CaptureDevice;
import org.dmabuf.video.FrameSource;
import org.dmabuf.video.VideoDevice;
import org.dmabuf.video.VideoDeviceInfo;
import org.osgi.annotation.bundle.Capability;
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
import org.osgi.service.metatype.annotations.Designate;

/**
 * One capture device for each configuration.
 *
 * <pre>
 *   constructor -> source bound, when there is one -> start(): service registered
 *   stop(): service unregistered -> device closed (thread ended, everything given back)
 * </pre>
 *
 * <p>The service is registered by hand, because its object is the subsystem's: who keeps it after
 * this bundle has gone keeps no class of this bundle.
 */
@Component(
    service = {},
    immediate = true,
    configurationPid = "org.dmabuf.v4l2.capture",
    configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = CaptureConfig.class, factory = true)
@Capability(
    namespace = "osgi.service",
    attribute =
        "objectClass:List<String>=\"org.dmabuf.video.VideoDevice,org.dmabuf.negotiation.Importer\"",
    effective = "active")
public final class CaptureComponent {
  private static final List<PixelFormat> FORMATS = List.of(PixelFormat.values());
  private static final int MIN_SIDE = 16;
  private static final int MAX_SIDE = 8192;

  private final BundleContext context;
  private final V4l2Capture driver;
  private final CaptureDevice device;
  private ServiceRegistration<?> registration;

  /** Makes the device; called by DS. EINVAL for a configuration that does not work. */
  @Activate
  public CaptureComponent(
      BundleContext context, @Reference DmaBufRegistry registry, CaptureConfig config) {
    if (config.device() == null || config.device().isEmpty()) {
      throw new DmaBufException(
          Errno.EINVAL, "A configuration of org.dmabuf.v4l2.capture has no name in 'device'");
    }
    String target = config.source_target();
    this.context = context;
    this.driver =
        new V4l2Capture(target == null ? "any frame source" : "a frame source with " + target);
    VideoDeviceInfo info =
        new VideoDeviceInfo(
            config.device(),
            "v4l2",
            context.getBundle().getVersion().toString(),
            FORMATS,
            config.pitch_align(),
            MIN_SIDE,
            MAX_SIDE);
    this.device = new CaptureDevice(registry, info, DmaDevice.named(config.device()), driver);
  }

  /** Takes a source; called by DS. */
  @Reference(
      name = "source",
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC)
  void bindSource(FrameSource source) {
    driver.connect(source);
    device.kick();
  }

  /** Flags that a source goes, and returns at once; called by DS. */
  void unbindSource(FrameSource source) {
    driver.disconnect(source);
  }

  /** Offers the device, now that its source is there if it will be; called by DS. */
  @Activate
  void start() {
    // Name, driver and formats are among the needs.
    Map<String, Object> properties = new HashMap<>(device.needs().toProperties());
    properties.put(VideoDevice.ROLE, VideoDevice.ROLE_CAPTURE);
    properties.put(VideoDevice.VERSION, device.info().version());
    registration =
        context.registerService(
            new String[] {VideoDevice.class.getName(), Importer.class.getName()},
            device,
            FrameworkUtil.asDictionary(properties));
  }

  /** Takes the device away; called by DS. */
  @Deactivate
  void stop() {
    registration.unregister();
    device.close();
  }
}

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
import org.dmabuf.video.ConverterDevice;
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
import org.osgi.service.metatype.annotations.Designate;

/**
 * One converter for each configuration, which does what {@code vim2m} does and takes part in
 * negotiations.
 *
 * <pre>
 *   constructor -> start(): service registered
 *   stop(): service unregistered -> device closed (conversion ended, everything given back)
 * </pre>
 *
 * <p>As with capture devices the service's object is the subsystem's.
 */
@Component(
    service = {},
    immediate = true,
    configurationPid = "org.dmabuf.v4l2.converter",
    configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = ConverterConfig.class, factory = true)
public final class ConverterComponent {
  private static final int MIN_SIDE = 16;
  private static final int MAX_SIDE = 8192;

  private final BundleContext context;
  private final ConverterDevice device;
  private ServiceRegistration<?> registration;

  /** Makes the device; called by DS. EINVAL for a configuration that does not work. */
  @Activate
  public ConverterComponent(
      BundleContext context, @Reference DmaBufRegistry registry, ConverterConfig config) {
    if (config.device() == null || config.device().isEmpty()) {
      throw new DmaBufException(
          Errno.EINVAL, "A configuration of org.dmabuf.v4l2.converter has no name in 'device'");
    }
    this.context = context;
    VideoDeviceInfo info =
        new VideoDeviceInfo(
            config.device(),
            "v4l2",
            context.getBundle().getVersion().toString(),
            List.of(PixelFormat.values()),
            config.pitch_align(),
            MIN_SIDE,
            MAX_SIDE);
    this.device =
        new ConverterDevice(
            registry, info, DmaDevice.named(config.device()), new ConverterDriver(config.filter()));
  }

  /** Offers the device; called by DS. */
  @Activate
  void start() {
    // Name, driver and formats are among the needs.
    Map<String, Object> properties = new HashMap<>(device.needs().toProperties());
    properties.put(VideoDevice.ROLE, VideoDevice.ROLE_CONVERTER);
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

package org.dmabuf.importer.display;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.display.DisplayCore;
import org.dmabuf.display.DisplayDevice;
import org.dmabuf.display.DisplayInfo;
import org.dmabuf.display.ScanoutDriver;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.negotiation.Importer;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.Bundle;
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
 * A display in software: one CRTC, one primary plane, every format. It shows what it is given,
 * once, in order. Kernel counterpart: {@code vkms_drv.c}.
 *
 * <p>It registers its device itself, because the service is of the subsystem's class: who holds it
 * holds nothing of this bundle.
 */
@Component(
    service = {},
    immediate = true,
    configurationPid = "org.dmabuf.display",
    configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = DisplayConfig.class, factory = true)
@Capability(
    namespace = "osgi.service",
    attribute =
        "objectClass:List<String>=\"org.dmabuf.display.DisplayDevice,org.dmabuf.negotiation.Importer\"",
    effective = "active")
public final class Display implements ScanoutDriver {
  private final DisplayInfo info;
  private final DisplayCore core;
  private final ServiceRegistration<?> registration;

  /** Starts the display and offers it. */
  @Activate
  public Display(BundleContext context, @Reference DmaBufRegistry registry, DisplayConfig config) {
    Bundle bundle = context.getBundle();
    this.info =
        new DisplayInfo(
            config.device(),
            bundle.getSymbolicName(),
            bundle.getVersion().toString(),
            List.of(PixelFormat.values()),
            config.pitch_align(),
            config.min_width(),
            config.min_height(),
            config.max_width(),
            config.max_height());
    this.core = DisplayCore.start(registry, this);
    try {
      this.registration =
          context.registerService(
              new String[] {DisplayDevice.class.getName(), Importer.class.getName()},
              core,
              FrameworkUtil.asDictionary(properties()));
    } catch (IllegalStateException stopped) {
      core.close();
      throw stopped;
    }
  }

  @Override
  public DisplayInfo info() {
    return info;
  }

  /** Takes the device back: nobody finds it any more, then it ends what is in flight. */
  @Deactivate
  void stop() {
    try {
      registration.unregister();
    } finally {
      core.close();
    }
  }

  private Map<String, Object> properties() {
    // Name, driver and formats are among the needs.
    Map<String, Object> properties = new HashMap<>(info.needs().toProperties());
    properties.put(DisplayDevice.ROLE, DisplayDevice.DISPLAY);
    properties.put(DisplayDevice.VERSION, info.version());
    return properties;
  }
}

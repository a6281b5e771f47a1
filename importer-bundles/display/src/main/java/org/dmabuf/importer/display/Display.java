package org.dmabuf.importer.display;

import java.util.HashMap;
import java.util.Map;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.display.kms.DisplayDevice;
import org.dmabuf.display.kms.KmsDevice;
import org.dmabuf.display.kms.KmsInfo;
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
 * A display in software for who has buffers already: planes of every format, scaled and blended.
 * {@link Vkms} is the same with memory of its own. Kernel counterpart: {@code vkms_drv.c}.
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
        "objectClass:List<String>="
            + "\"org.dmabuf.display.kms.DisplayDevice,org.dmabuf.negotiation.Importer\"",
    effective = "active")
public final class Display {
  private final KmsDevice device;
  private final ServiceRegistration<?> registration;

  /** Starts the display and offers it. */
  @Activate
  public Display(BundleContext context, @Reference DmaBufRegistry registry, DisplayConfig config) {
    Bundle bundle = context.getBundle();
    KmsInfo.Maker maker =
        new KmsInfo.Maker(bundle.getSymbolicName(), bundle.getVersion().toString());
    this.device = KmsDevice.start(registry, Screens.info(config, maker));
    try {
      this.registration =
          context.registerService(
              new String[] {DisplayDevice.class.getName(), Importer.class.getName()},
              device,
              FrameworkUtil.asDictionary(properties(device.info())));
    } catch (IllegalStateException stopped) {
      device.close();
      throw stopped;
    }
  }

  /** Takes the device back: nobody finds it any more, then it ends what is in flight. */
  @Deactivate
  void stop() {
    try {
      registration.unregister();
    } finally {
      device.close();
    }
  }

  private static Map<String, Object> properties(KmsInfo info) {
    // Name, driver and formats are among the needs.
    Map<String, Object> properties = new HashMap<>(info.needs().toProperties());
    properties.put(DisplayDevice.ROLE, DisplayDevice.DISPLAY);
    properties.put(DisplayDevice.VERSION, info.maker().version());
    return properties;
  }
}

package org.dmabuf.importer.display;

import java.util.EnumSet;
import org.dmabuf.Attachment;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.display.kms.KmsDevice;
import org.dmabuf.display.uapi.KmsNode;
import org.dmabuf.file.DeviceNode;
import org.dmabuf.file.FileTable;
import org.dmabuf.gem.GemCore;
import org.dmabuf.gem.GemDevice;
import org.dmabuf.gem.GemDeviceInfo;
import org.dmabuf.gem.GemDriver;
import org.dmabuf.gem.GemExtension;
import org.dmabuf.gem.GemFeature;
import org.dmabuf.gem.GemObjectOps;
import org.dmabuf.gem.GemOpenFile;
import org.dmabuf.gem.StoreObject;
import org.dmabuf.memory.MemoryAccount;
import org.dmabuf.sg.SgTable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;

/**
 * A display with modes, planes and atomic commits, and its memory: a GEM device with dumb buffers
 * and PRIME both ways. Without a configuration there is one, {@code vkms}; factory configurations
 * make others with other names.
 *
 * <p>Thread-safe. Kernel counterpart: {@code vkms_drv.c}.
 */
@Component(
    service = {GemDevice.class, DeviceNode.class},
    configurationPid = "org.dmabuf.vkms",
    property = DeviceNode.NAME + "=" + Vkms.VKMS)
@Designate(ocd = VkmsConfig.class)
public final class Vkms implements GemDevice, GemDriver, GemDriver.Importing, GemDriver.Extending {
  static final String VKMS = "vkms";

  private final DmaBufRegistry registry;
  private final KmsDevice display;
  private final KmsNode node;
  private final GemCore core;

  /**
   * Starts the device.
   *
   * @throws DmaBufException EINVAL for an empty name, and for modes, formats or limits that are
   *     none
   */
  @Activate
  public Vkms(@Reference DmaBufRegistry registry, VkmsConfig config) {
    this.registry = registry;
    this.display = KmsDevice.start(registry, Screens.info(config));
    this.node = KmsNode.of(display);
    this.core =
        GemCore.start(
            registry,
            GemDeviceInfo.of(
                config.dmabuf_node(), config.policy(), EnumSet.of(GemFeature.DUMB_BUFFERS)),
            this);
  }

  /** Takes the device back; the screens go dark, and what its policy keeps lives on. */
  @Deactivate
  public void stop() {
    display.close();
    core.close();
  }

  /** Returns its screens, for who plugs them in and out. */
  KmsDevice display() {
    return display;
  }

  @Override
  public GemExtension opened(FileTable caller, GemOpenFile file) {
    return new ScreenSide(node, caller, file);
  }

  @Override
  public String name() {
    return core.name();
  }

  @Override
  public GemDeviceInfo info() {
    return core.info();
  }

  @Override
  public int open(FileTable caller, int flags) {
    return core.open(caller, flags);
  }

  @Override
  public GemObjectOps create(long size, MemoryAccount account) {
    return new StoreObject(registry.allocate(size, account));
  }

  /** The screen reads what was mapped; nothing else is to be done for it. */
  @Override
  public GemObjectOps importTable(Attachment attachment, SgTable table) {
    return () -> {};
  }
}
